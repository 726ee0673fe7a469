"""The shape of `Explanation.as_dict`, for the schema."""

from typing import Any

from rest_framework import serializers


class FactorSerializer(serializers.Serializer[Any]):
    """One factor of a score."""

    name = serializers.ChoiceField(choices=["quality", "reliability", "responsiveness", "price"])
    value = serializers.FloatField()
    n_eff = serializers.FloatField(help_text="Weight of the evidence, in observations of today.")
    contribution = serializers.FloatField(help_text="To z.")
    points = serializers.FloatField(help_text="To the score.")


class DecisionSerializer(serializers.Serializer[Any]):
    """What a person decided about a fact: it was left out (excluded), or taken back (readmitted)."""

    what = serializers.ChoiceField(choices=["excluded", "readmitted"])
    reason = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True, help_text="Then it counts again; null: never.")


class LeftOutSerializer(serializers.Serializer[Any]):
    """A fact that somebody left out of the score."""

    observation = serializers.IntegerField(help_text="To be taken back: /observations/{id}/readmit/.")
    type = serializers.CharField()
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    measure = serializers.CharField()
    given = serializers.FloatField(allow_null=True)
    reference = serializers.FloatField(allow_null=True)
    said = serializers.CharField(help_text="The fact in words, such as “5 days overdue”.")
    decision = DecisionSerializer()


class EvidenceSerializer(serializers.Serializer[Any]):
    """One fact behind a factor."""

    observation = serializers.IntegerField(help_text="To be left out: /observations/{id}/exclude/.")
    type = serializers.CharField()
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    value = serializers.FloatField()
    weight = serializers.FloatField()
    points = serializers.FloatField(allow_null=True)
    measure = serializers.CharField()
    given = serializers.FloatField(allow_null=True)
    reference = serializers.FloatField(allow_null=True)
    said = serializers.CharField(help_text="The fact in words, such as “5 days overdue”.")
    decision = DecisionSerializer(allow_null=True, help_text="It was left out for a time, or taken back.")


class ExplainedFactorSerializer(FactorSerializer):
    """One factor with its evidence."""

    baseline = serializers.FloatField()
    low_evidence = serializers.BooleanField()
    evidence = EvidenceSerializer(many=True)
    left_out = LeftOutSerializer(many=True)


class ChangedFactSerializer(serializers.Serializer[Any]):
    """A fact that came on record, or went, after the score was computed."""

    what = serializers.CharField()
    observation = serializers.IntegerField()
    type = serializers.CharField()
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    measure = serializers.CharField()
    given = serializers.FloatField(allow_null=True)
    reference = serializers.FloatField(allow_null=True)
    said = serializers.CharField(help_text="The fact in words, such as “5 days overdue”.")
    reason = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True)


class CauseSerializer(serializers.Serializer[Any]):
    """What moved a factor."""

    type = serializers.CharField()
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    cause = serializers.CharField()
    points = serializers.FloatField()


class MovedFactorSerializer(serializers.Serializer[Any]):
    """How far one factor moved the score."""

    name = serializers.CharField()
    points = serializers.FloatField()
    evidence = CauseSerializer(many=True)


class MovementSerializer(serializers.Serializer[Any]):
    """What moved the score since an earlier one."""

    since = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="The version of the model that made the score then.")
    score = serializers.FloatField()
    points = serializers.FloatField()
    factors = MovedFactorSerializer(many=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why a score is what it is."""

    customer = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    version = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField()
    raw = serializers.FloatField()
    low_evidence = serializers.BooleanField()
    percentile = serializers.FloatField(allow_null=True)
    factors = ExplainedFactorSerializer(many=True)
    override = serializers.CharField(allow_null=True, help_text="The segment whose parameters made it; null: none.")
    stored = serializers.FloatField(allow_null=True, help_text="The number on record.")
    replayed = serializers.FloatField(allow_null=True, help_text="The same from what was on record then.")
    now = serializers.FloatField(help_text="The same from what is on record now.")
    stale = serializers.BooleanField(help_text="A sweep will soon compute it anew.")
    changed_since = ChangedFactSerializer(many=True)
    moved = MovementSerializer(allow_null=True)
