"""Agencies, their resources and fields, and the published versions of services."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from miaopi.kernel import decision


class Sharing(StrEnum):
    """无条件共享, 有条件共享, 不予共享 (国发〔2016〕51号; 政务数据共享条例)."""

    UNCONDITIONAL = "unconditional"
    CONDITIONAL = "conditional"
    NOT_SHARED = "not_shared"


class Openness(StrEnum):
    """开放属性: 无条件开放, 有条件开放, 不予开放."""

    OPEN = "open"
    ON_CONDITION = "on_condition"
    CLOSED = "closed"


class Mode(StrEnum):
    """信息资源格式: 库表, 接口, 文件."""

    TABLE = "table"
    INTERFACE = "interface"
    FILE = "file"


PRIVACY_CLASSES = tuple(word.value for word in decision.Privacy)
SHARING_TYPES = tuple(word.value for word in Sharing)
OPENNESS = tuple(word.value for word in Openness)
MODES = ("", *(word.value for word in Mode))  # nothing, where the file of a city does not say
GROUND = "[^\\s\u00a0\u3000]{4}"  # four signs in a row: blanks, strokes and “无” name no law


class Agency(models.Model):
    """An agency that provides data; `code` is its 提供方代码, where it has told one."""

    id = models.CharField(primary_key=True, max_length=60)
    code = models.CharField(max_length=30, unique=True, null=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)

    class Privacy:
        public = ("id", "code", "name_zh", "name_en")
        personal = ()
        secret = ()


class Resource(models.Model):
    """One shared dataset or interface of an agency. What is not `is_connected` is described only.

    `class_code` is the national code of its class: 类, 项, 目, 细目 and a serial number (发改高技〔2017〕1272号); `code` is that of the
    city's list. `steward` is the post that answers for it, never a person. `version` counts its states, and `changed_at` began this one.
    """

    id = models.CharField(primary_key=True, max_length=60)
    code = models.CharField(max_length=20, unique=True, null=True)
    class_code = models.CharField(max_length=40, unique=True, null=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="resources")
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    sharing_method = models.CharField(max_length=20)
    update_frequency = models.CharField(max_length=20)
    sharing_type = models.CharField(max_length=20)
    sharing_condition = models.CharField(max_length=300, default="")
    legal_ground = models.CharField(max_length=200)
    openness = models.CharField(max_length=20, default="closed")
    open_condition = models.CharField(max_length=300, default="")
    mode = models.CharField(max_length=20, default="")
    abstract = models.CharField(max_length=1000, default="")
    published_on = models.DateField(null=True)
    related_codes = models.CharField(max_length=400, default="")
    steward = models.CharField(max_length=100, default="")
    is_connected = models.BooleanField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(null=True)

    class Privacy:
        public = (
            "id", "code", "class_code", "agency", "name_zh", "name_en", "sharing_method", "update_frequency", "sharing_type",
            "sharing_condition", "legal_ground", "openness", "open_condition", "mode", "abstract", "published_on", "related_codes",
            "steward", "is_connected", "version", "changed_at",
        )
        personal = ()
        secret = ()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(sharing_type__in=SHARING_TYPES), name="resource_sharing_type"),
            models.CheckConstraint(condition=models.Q(openness__in=OPENNESS), name="resource_openness"),
            models.CheckConstraint(condition=models.Q(mode__in=MODES), name="resource_mode"),
            models.CheckConstraint(
                condition=~models.Q(sharing_type="not_shared") | models.Q(legal_ground__regex=GROUND), name="resource_not_shared_by_law"
            ),
        ]


class ResourceVersion(models.Model):
    """A state of a resource and its fields that another one replaced at `replaced_at`; it is never changed."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    replaced_at = models.DateTimeField()
    content = models.JSONField()

    class Privacy:
        public = ("id", "resource", "version", "replaced_at", "content")
        personal = ()
        secret = ()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("resource", "version"), name="resource_version_once")]


class Field(models.Model):
    """A data item (信息项) of a resource: its type and length, how private it is, and whether it may be shared."""

    id = models.CharField(primary_key=True, max_length=121)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="fields", db_index=False)  # `field_once_a_resource`
    name = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    privacy = models.CharField(max_length=20)
    sharing_type = models.CharField(max_length=20)
    legal_ground = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(max_length=1, default="")
    length = models.CharField(max_length=12, default="")

    class Privacy:
        public = (
            "id", "resource", "name", "name_zh", "name_en", "privacy", "sharing_type", "legal_ground", "position", "type", "length",
        )
        personal = ()
        secret = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("resource", "name"), name="field_once_a_resource"),
            models.CheckConstraint(condition=models.Q(privacy__in=PRIVACY_CLASSES), name="field_privacy"),
            models.CheckConstraint(condition=models.Q(sharing_type__in=SHARING_TYPES), name="field_sharing_type"),
            models.CheckConstraint(
                condition=~models.Q(sharing_type="not_shared") | models.Q(legal_ground__regex=GROUND), name="field_not_shared_by_law"
            ),
        ]


class Edition(models.Model):
    """Which state the catalogue is in: one row, with a new word each time anything about a resource changed."""

    id = models.SmallIntegerField(primary_key=True)
    word = models.CharField(max_length=32)

    class Privacy:
        public = ("id", "word")
        personal = ()
        secret = ()


class ServiceVersion(models.Model):
    """A published version of a service, by the hash of its package. `edition` counts the publications of a slug."""

    id = models.BigAutoField(primary_key=True)
    slug = models.CharField(max_length=100)
    code = models.CharField(max_length=20)
    version = models.CharField(max_length=64)
    edition = models.PositiveIntegerField()
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=200)
    effective_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=100)

    class Privacy:
        public = ("id", "slug", "code", "version", "edition", "name_zh", "name_en", "effective_from", "published_at")
        personal = ("published_by",)
        secret = ()

    class Meta:
        indexes = [models.Index(fields=("code",), name="service_by_code")]
        constraints = [
            models.UniqueConstraint(fields=("slug", "edition"), name="service_edition"),
            models.UniqueConstraint(fields=("slug", "effective_from"), name="service_effective_from"),
        ]


class RuleFiles(models.Model):
    """What a published version says, to the byte: file name → text. It is kept once, however often it is published, and never changed."""

    version = models.CharField(primary_key=True, max_length=64)
    slug = models.CharField(max_length=100)
    files = models.JSONField()

    class Privacy:
        public = ("version", "slug", "files")
        personal = ()
        secret = ()
