"""AutonomyPolicies the API server must refuse, each with the field named."""

from __future__ import annotations

from tests.contract.crds.edits import ABSENT, Bad
from tests.contract.crds.good_objects import cloud_watch, counters, pod_metrics

QUERY = {"query": "up"}
A_DEPLOYMENT = {
    "spec.targetRef.kind": "Deployment",
    "spec.objectives": [],
    "spec.rollback.counters": counters(),
}
OF_PODS = {
    "spec.signals": [{"name": "load", "type": "PodMetrics", "podMetrics": pod_metrics()}],
    "spec.scaling.load": "load",
}


def counts(**calls: object) -> dict[str, object]:
    """A Deployment whose calls are counted so."""
    return (
        A_DEPLOYMENT
        | OF_PODS
        | {f"spec.rollback.counters.calls.{name}": said for name, said in calls.items()}
    )


BAD = (
    # the target
    Bad("no target", {"spec.targetRef": ABSENT}, "spec.targetRef"),
    Bad("a kind that cannot be flown", {"spec.targetRef.kind": "StatefulSet"}),
    Bad("a target without a name", {"spec.targetRef.name": ""}),
    Bad("a target of another namespace", {"spec.targetRef.name": "other/word-count"}),
    # authority, mode, period
    Bad("authority in lower case", {"spec.authority": "act"}),
    Bad("an authority that is none", {"spec.authority": "Always"}),
    Bad("paused as a word", {"spec.paused": "yes"}),
    Bad("an unknown mode", {"spec.mode": "Bold"}),
    Bad("no period", {"spec.periodSeconds": 0}),
    Bad("301 seconds between looks", {"spec.periodSeconds": 301}),
    Bad("a period as text", {"spec.periodSeconds": "5s"}),
    Bad("half a second", {"spec.periodSeconds": 0.5}),
    # signals
    Bad("a signal without a type", {"spec.signals[0].type": ABSENT}, "spec.signals[0].type"),
    Bad("a signal of an unknown type", {"spec.signals[0].type": "Datadog"}),
    Bad("a signal name with a hyphen", {"spec.signals[1].name": "queue-length"}),
    Bad("a signal named like an index", {"spec.signals[1].name": "omegaPerMille"}),
    Bad("two signals of one name", {"spec.signals[1].name": "cpuPercent"}, "spec.signals[2]", offline=False),
    Bad("a figure the gateway does not measure", {"spec.signals[0].name": "queueDepth"}, "spec.signals[0].name"),
    Bad("Pods' metrics without saying which", {"spec.signals[1].podMetrics": ABSENT}, "spec.signals[1].podMetrics"),
    Bad("a query where the type is PodMetrics", {"spec.signals[1].prometheus": QUERY}),
    Bad("a figure that metrics.k8s.io does not have", {"spec.signals[0].type": "Resource"}, "spec.signals[0].name"),
    Bad("Pods' metrics where the type is Gateway", {"spec.signals[0].podMetrics": pod_metrics()}),
    Bad("a Prometheus signal without a query", {"spec.signals[2].prometheus": ABSENT}, "spec.signals[2].prometheus"),
    Bad("an empty query", {"spec.signals[2].prometheus.query": ""}),
    Bad("a query of 2049 characters", {"spec.signals[2].prometheus.query": "a" * 2049}),
    Bad("a CloudWatch signal without a metric", {"spec.signals[3].cloudWatch": ABSENT}, "spec.signals[3].cloudWatch"),
    Bad("a CloudWatch metric where the type is Prometheus", {"spec.signals[2].cloudWatch": cloud_watch(), "spec.signals[2].staleSeconds": 180}, "spec.signals[2].cloudWatch"),
    Bad("a region that is none", {"spec.signals[3].cloudWatch.region": "eu-west-1.evil.example"}),
    Bad("no region", {"spec.signals[3].cloudWatch.region": ABSENT}),
    Bad("a CloudWatch namespace that begins with a colon", {"spec.signals[3].cloudWatch.namespace": ":SQS"}),
    Bad("a metric without a name", {"spec.signals[3].cloudWatch.metricName": ""}),
    Bad("a statistic that is none", {"spec.signals[3].cloudWatch.statistic": "p101"}),
    Bad("a statistic in lower case", {"spec.signals[3].cloudWatch.statistic": "sum"}),
    Bad("a period that CloudWatch does not have", {"spec.signals[3].cloudWatch.metricPeriodSeconds": 45}),
    Bad("a period of a CloudWatch metric beyond five minutes", {"spec.signals[3].cloudWatch.metricPeriodSeconds": 360}),
    Bad("a rate of an average", {"spec.signals[3].cloudWatch.read": "Rate"}, "spec.signals[3].cloudWatch.statistic"),
    Bad("a dimension named twice", {"spec.signals[3].cloudWatch.dimensions[1]": {"name": "QueueName", "value": "b"}}, "spec.signals[3].cloudWatch.dimensions"),
    Bad("a dimension without a value", {"spec.signals[3].cloudWatch.dimensions[0].value": ""}),
    Bad("a sample that is stale when it comes", {"spec.signals[3].staleSeconds": 179}, "spec.signals[3].staleSeconds"),
    Bad("looks that count one sample several times", {"spec.scaling.load": "backlog", "spec.periodSeconds": 59}, "spec.periodSeconds"),
    Bad("a port beyond 65535", {"spec.signals[1].podMetrics.port": 65_536}),
    Bad("a path without its slash", {"spec.signals[1].podMetrics.path": "metrics"}),
    Bad("a metric with a space", {"spec.signals[1].podMetrics.metric": "queue length"}),
    Bad("a metric read twice over", {"spec.signals[1].podMetrics.read": "Delta"}),
    Bad("an unknown way across Pods", {"spec.signals[1].podMetrics.across": "Median"}),
    Bad("a scale of nothing", {"spec.signals[1].podMetrics.scale": 0}),
    Bad("stale at once", {"spec.signals[0].staleSeconds": 0}),
    Bad("stale after more than an hour", {"spec.signals[0].staleSeconds": 3601}),
    Bad("a least above its most", {"spec.signals[0].least": 60_000}, "spec.signals[0].least"),
    Bad("17 signals", {"spec.signals": [{"name": f"s{n}", "type": "Prometheus", "prometheus": QUERY} for n in range(17)]}, "spec.signals"),
    # objectives
    Bad("an objective without a bound", {"spec.objectives[0].atMost": ABSENT}, "spec.objectives[0]"),
    Bad("an objective that nothing can meet", {"spec.objectives[2].atLeast": 90}, "spec.objectives[2].atLeast"),
    Bad("an objective about nothing watched", {"spec.objectives[0].signal": "diskPercent"}, "spec.objectives"),
    Bad("two objectives about one signal", {"spec.objectives[1].signal": "latencyMilliseconds"}, "spec.objectives[1]", offline=False),
    Bad("an objective without weight", {"spec.objectives[0].weight": 0}),
    Bad("a bound with a fraction", {"spec.objectives[0].atMost": 0.5}),
    # scaling
    Bad("fewest below nothing", {"spec.scaling.minReplicas": -1}),
    Bad("fewest above most", {"spec.scaling.minReplicas": 11}, "spec.scaling.minReplicas"),
    Bad("most of nothing", {"spec.scaling.maxReplicas": 0}),
    Bad("21 Pods of a tool", {"spec.scaling.maxReplicas": 21}),
    Bad("1001 Pods of a Deployment", A_DEPLOYMENT | OF_PODS | {"spec.scaling.maxReplicas": 1001}, "spec.scaling.maxReplicas"),
    Bad("a Deployment put to sleep", A_DEPLOYMENT | OF_PODS | {"spec.scaling.minReplicas": 0}, "spec.scaling.minReplicas"),
    Bad("demand that nothing watches", {"spec.scaling.load": "requests"}),
    Bad("demand that is an index", {"spec.scaling.load": "psiPerMille"}),
    Bad("a Pod that carries nothing", {"spec.scaling.capacityPerReplica": 0}),
    Bad("Pods that start at once", {"spec.scaling.startSeconds": 0}),
    Bad("Pods that take more than ten minutes", {"spec.scaling.startSeconds": 601}),
    Bad("steps of nothing up", {"spec.scaling.stepUp": 0}),
    Bad("101 Pods down at once", {"spec.scaling.stepDown": 101}),
    Bad("less than no reserve", {"spec.scaling.warmReserve": -1}),
    Bad("sleep after a second", {"spec.scaling.idleSeconds": 1}),
    # a Deployment
    Bad("a Deployment with nothing watched", A_DEPLOYMENT | {"spec.signals": [], "spec.scaling.load": "load"}, "spec.signals"),
    Bad("a Deployment watched by the gateway", {"spec.targetRef.kind": "Deployment"}, "spec.signals"),
    Bad("a Deployment whose demand the gateway would measure", A_DEPLOYMENT | OF_PODS | {"spec.scaling.load": "throughputPerSecond"}, "spec.scaling.load"),
    # tuning and rollback
    Bad("a horizon that ends before it begins", {"spec.tuning.leastHorizonSeconds": 121}),
    Bad("noise that adapts by more than all", {"spec.tuning.mostAdaptationPerMille": 1001}),
    Bad("a memory that never forgets", {"spec.tuning.mostMemoryPerMille": 1000}),
    Bad("no degradation", {"spec.rollback.degradationPercent": 0}),
    Bad("never a false alarm", {"spec.rollback.falseAlarmsPerThousandYears": 0}),
    Bad("a Deployment that nothing judges", A_DEPLOYMENT | OF_PODS | {"spec.rollback.counters": ABSENT}, "spec.rollback.counters"),
    Bad("a tool's Pods that count", {"spec.rollback.counters": counters()}, "spec.rollback.counters"),
    Bad("counters without failures", A_DEPLOYMENT | OF_PODS | {"spec.rollback.counters.failed": ABSENT}, "spec.rollback.counters.failed"),
    Bad("a counter with a space", A_DEPLOYMENT | OF_PODS | {"spec.rollback.counters.calls.metric": "a b"}, "spec.rollback.counters.calls.metric"),
    Bad("series of no value", counts(where=[{"label": "code", "values": []}]), "spec.rollback.counters.calls.where"),
    Bad("series of a label with a hyphen", counts(where=[{"label": "status-code", "values": ["500"]}]), "spec.rollback.counters.calls.where"),
    Bad("series of one label twice", counts(where=2 * [{"label": "code", "values": ["500"]}]), "spec.rollback.counters.calls.where", offline=False),
    Bad("unknown field", {"spec.cooldownSeconds": 60}),
    Bad("unknown field of scaling", {"spec.scaling.targetCPU": 70}),
)  # fmt: skip

CHANGED = (
    Bad("another target", {"spec.targetRef.name": "other"}, "`targetRef` is immutable"),
    Bad("another kind of target", A_DEPLOYMENT | OF_PODS, "`targetRef` is immutable"),
)

BAD_STATUS = (
    Bad("a belief that is no number", {"status.believed.level": "much"}),
    Bad("a belief that is too large to keep", {"status.believed.saved": "A" * 2052}),
    Bad("a belief that is no Base64", {"status.believed.saved": "a b"}),
    Bad("an action that is none", {"status.decision.action": "SCALE_UP"}),
    Bad("a reason with a space", {"status.decision.reason": "demand ahead"}),
    Bad("more than certain", {"status.decision.confidencePercent": 101}),
    Bad("fewer than no Pods", {"status.desiredReplicas": -1}),
    Bad("1001 Pods", {"status.desiredReplicas": 1001}),
    Bad("a time that is none", {"status.desiredAt": "soon"}),
    Bad("an outcome that is none", {"status.history[0].outcome": "Good"}),
    Bad("eleven decisions", {"status.history": [{}] * 11}),
    Bad("evidence about a name", {"status.evidence.templateHash": "web-6f9d7c5b8"}),
    Bad("17 revisions", {"status.revisions": [{}] * 17}),
    Bad(
        "one revision twice",
        {"status.revisions[1].templateHash": "6f9d7c5b8"},
        "status.revisions[1]",
        offline=False,
    ),
    Bad("nine conditions", {"status.conditions": [{}] * 9}),
    Bad("an index beyond ten", {"status.indices.betaPerMille": 10_001}),
)
