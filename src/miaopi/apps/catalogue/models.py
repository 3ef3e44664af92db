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


PRIVACY_CLASSES = tuple(word.value for word in decision.Privacy)
SHARING_TYPES = tuple(word.value for word in Sharing)


class Agency(models.Model):
    """An agency that provides data."""

    id = models.CharField(primary_key=True, max_length=60)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)

    class Privacy:
        public = ("id", "name_zh", "name_en")
        personal = ()
        secret = ()


class Resource(models.Model):
    """One shared dataset or interface of an agency. What is not `is_connected` is described only."""

    id = models.CharField(primary_key=True, max_length=60)
    code = models.CharField(max_length=20, unique=True, null=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="resources")
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    sharing_method = models.CharField(max_length=20)
    update_frequency = models.CharField(max_length=20)
    sharing_type = models.CharField(max_length=20)
    legal_ground = models.CharField(max_length=200)
    is_connected = models.BooleanField()

    class Privacy:
        public = (
            "id", "code", "agency", "name_zh", "name_en", "sharing_method", "update_frequency", "sharing_type", "legal_ground",
            "is_connected",
        )
        personal = ()
        secret = ()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(sharing_type__in=SHARING_TYPES), name="resource_sharing_type"),
            models.CheckConstraint(
                condition=~models.Q(sharing_type="not_shared") | ~models.Q(legal_ground=""), name="resource_not_shared_has_a_ground"
            ),
        ]


class Field(models.Model):
    """A data item of a resource: how private it is, and whether it may be shared."""

    id = models.CharField(primary_key=True, max_length=121)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="fields")
    name = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    privacy = models.CharField(max_length=20)
    sharing_type = models.CharField(max_length=20)
    legal_ground = models.CharField(max_length=200)

    class Privacy:
        public = ("id", "resource", "name", "name_zh", "name_en", "privacy", "sharing_type", "legal_ground")
        personal = ()
        secret = ()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("resource", "name"), name="field_once_a_resource"),
            models.CheckConstraint(condition=models.Q(privacy__in=PRIVACY_CLASSES), name="field_privacy"),
            models.CheckConstraint(condition=models.Q(sharing_type__in=SHARING_TYPES), name="field_sharing_type"),
            models.CheckConstraint(
                condition=~models.Q(sharing_type="not_shared") | ~models.Q(legal_ground=""), name="field_not_shared_has_a_ground"
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
