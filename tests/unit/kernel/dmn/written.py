"""Models as short texts: what the tests of this folder write instead of pages of XML."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from miaopi.kernel.dmn import Model, Resolve, Traced, parse

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def model(*elements: str, namespace: str = "urn:test", extra: str = "") -> bytes:
    head = f'<definitions xmlns="{NAMESPACE}" name="test" namespace="{namespace}" {extra}>'
    return "\n".join([head, *elements, "</definitions>"]).encode()


def read(*elements: str, resolve: Resolve | None = None, extra: str = "") -> Model:
    return parse(model(*elements, extra=extra), resolve=resolve)


def traced(expression: str, *others: str, needs: tuple[str, ...] = (), of: str = "", **inputs: object) -> Traced:
    """The value of one decision with that expression, beside other elements that it may need."""
    return read(decision("asked", expression, *needs, of=of), *others).evaluate_traced("asked", inputs)


def value(expression: str, *others: str, needs: tuple[str, ...] = (), of: str = "", **inputs: object) -> object:
    return traced(expression, *others, needs=needs, of=of, **inputs).value


def variable(name: str, of: str = "") -> str:
    return f"<variable name={quoteattr(name)}{typed(of)}/>"


def typed(of: str) -> str:
    return f" typeRef={quoteattr(of)}" if of else ""


def decision(name: str, expression: str, *needs: str, of: str = "") -> str:
    return f"<decision id={quoteattr(name)} name={quoteattr(name)}>{variable(name, of)}{required(*needs)}{expression}</decision>"


def required(*needs: str) -> str:
    """`requiredInput age` and the like; a name alone is a decision."""
    written = []
    for need in needs:
        kind, id = need.split(" ", 1) if need.startswith("required") else ("requiredDecision", need)
        requirement = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
        href = id if "#" in id else f"#{id}"
        written.append(f"<{requirement}><{kind} href={quoteattr(href)}/></{requirement}>")
    return "".join(written)


def given(name: str, of: str = "") -> str:
    return f"<inputData id={quoteattr(name)} name={quoteattr(name)}>{variable(name, of)}</inputData>"


def feel(text: str, of: str = "", **attributes: str) -> str:
    more = "".join(f" {name}={quoteattr(entry)}" for name, entry in attributes.items())
    return f"<literalExpression{typed(of)}{more}><text>{escape(text)}</text></literalExpression>"


def knowledge(name: str, body: str, *parameters: str, needs: tuple[str, ...] = (), of: str = "", kind: str = "") -> str:
    """A business knowledge model; a parameter is `name` or `name: type`."""
    logic = f"<encapsulatedLogic{f' kind={quoteattr(kind)}' if kind else ''}>{formal(*parameters)}{body}</encapsulatedLogic>"
    inner = f"{variable(name, of)}{required(*needs)}{logic}"
    return f"<businessKnowledgeModel id={quoteattr(name)} name={quoteattr(name)}>{inner}</businessKnowledgeModel>"


def formal(*parameters: str) -> str:
    parts = [parameter.partition(": ") for parameter in parameters]
    return "".join(f"<formalParameter name={quoteattr(name)}{typed(of)}/>" for name, _, of in parts)


def service(name: str, *parts: str, of: str = "") -> str:
    """A decision service; a part is `outputDecision name` and the like."""
    listed = [part.split(" ", 1) for part in parts]
    hrefs = "".join(f'<{kind} href="#{id}"/>' for kind, id in listed)
    return f"<decisionService id={quoteattr(name)} name={quoteattr(name)}>{variable(name, of)}{hrefs}</decisionService>"


def context(*entries: str, of: str = "") -> str:
    return f"<context{typed(of)}>{''.join(entries)}</context>"


def entry(name: str, expression: str, of: str = "") -> str:
    return f"<contextEntry>{variable(name, of)}{expression}</contextEntry>"


def result(expression: str) -> str:
    return f"<contextEntry>{expression}</contextEntry>"


def table(
    policy: str, inputs: tuple[str, ...], outputs: tuple[str, ...], *rules: str, aggregation: str = "", of: str = ""
) -> str:
    """A decision table; inputs and outputs are written out by `column` and `output`, rules are `cell | cell -> value | value`."""
    made = f' aggregation="{aggregation}"' if aggregation else ""
    parts = "".join([*inputs, *outputs, *map(rule, rules)])
    return f'<decisionTable hitPolicy="{policy}"{made}{typed(of)}>{parts}</decisionTable>'


def rule(written: str) -> str:
    conditions, _, outcomes = written.partition(" -> ")
    cells = "".join(f"<inputEntry><text>{escape(one.strip())}</text></inputEntry>" for one in conditions.split("|") if one.strip())
    values = "".join(f"<outputEntry><text>{escape(one.strip())}</text></outputEntry>" for one in outcomes.split("|"))
    return f"<rule>{cells}{values}</rule>"


def column(text: str, of: str = "", allowed: str = "") -> str:
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    return f"<input><inputExpression{typed(of)}><text>{escape(text)}</text></inputExpression>{values}</input>"


def output(name: str = "", of: str = "", allowed: str = "", default: str = "") -> str:
    values = f"<outputValues><text>{escape(allowed)}</text></outputValues>" if allowed else ""
    otherwise = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    named = f" name={quoteattr(name)}" if name else ""
    return f"<output{named}{typed(of)}>{values}{otherwise}</output>"


def item(name: str, of: str = "", *components: str, many: bool = False, allowed: str = "", constraint: str = "") -> str:
    """An item definition, or a component of one."""
    kind = "itemComponent" if name.startswith("+") else "itemDefinition"
    plain = f"<typeRef>{escape(of)}</typeRef>" if of else ""
    tests = f"<allowedValues><text>{escape(allowed)}</text></allowedValues>" if allowed else ""
    whole = f"<typeConstraint><text>{escape(constraint)}</text></typeConstraint>" if constraint else ""
    collection = ' isCollection="true"' if many else ""
    return f"<{kind} name={quoteattr(name.lstrip('+'))}{collection}>{plain}{tests}{whole}{''.join(components)}</{kind}>"
