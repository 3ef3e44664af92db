"""The case as it is kept: one row, one status."""

from __future__ import annotations

from django.db import models

from miaopi.kernel.lifecycle import State

NUMBER_LENGTH = 18


class Application(models.Model):
    """办件. `applicant` is the party it is for, `actor` the one who opened it, `mandate` by what right.

    `timeline` is the way so far, oldest first: `[{"state", "at"}]`; it moves in the same statement as `state`.
    `outcome` is the last of the seven outcomes, empty until there is one.
    """

    number = models.CharField(primary_key=True, max_length=NUMBER_LENGTH)
    filed_on = models.DateField(help_text="legal day, Asia/Shanghai: of opening, and of confirming once confirmed")
    service = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    applicant = models.CharField(max_length=64)
    actor = models.CharField(max_length=64)
    mandate = models.CharField(max_length=32)
    assurance_level = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=[(state.value, state.value) for state in State])
    outcome = models.CharField(max_length=16, blank=True, default="")
    opened_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    timeline = models.JSONField(default=list)

    class Privacy:
        public = ("number", "filed_on", "service", "version", "mandate", "assurance_level", "state", "outcome",
                  "opened_at", "confirmed_at", "closed_at", "timeline")
        personal = ("applicant", "actor")
        secret = ()

    class Meta:
        app_label = "application"
        indexes = [models.Index(fields=["applicant", "-opened_at"], name="application_of_applicant")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[state.value for state in State]), name="application_state"),
        ]
