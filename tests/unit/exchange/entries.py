from dataclasses import asdict
from miaopi.apps.audit.api import LOG
def entries(name, subject=None):
    from miaopi.apps.identity.api import pseudonym
    return [{**{k:(list(v) if isinstance(v,tuple) else v) for k,v in asdict(e).items()},"transaction":n} for n,e in LOG if type(e).__name__==name and (subject is None or e.subject==pseudonym(subject))]
def entry_text(): return str(LOG)
