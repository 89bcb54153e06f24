// Random histories of the real HorizontalPodAutoscaler, written as golden vectors. Compiled into Kubernetes' own package
// podautoscaler by generate.sh, so that its unexported functions and its clock are the real ones.
package podautoscaler

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	defaults "k8s.io/kubernetes/pkg/apis/autoscaling/v2"
	metricsclient "k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"
)

const (
	window      = 300 * time.Second
	cpuInit     = 300 * time.Second
	readiness   = 30 * time.Second
	requestMill = 1000
)

// history is one line of the golden file. Steps are [seconds since the last, usage in thousandths, ready, unready, missing, decided].
type history struct {
	Kind     string                                         `json:"kind"`
	Target   int32                                          `json:"target"`
	Min      int32                                          `json:"min"`
	Max      int32                                          `json:"max"`
	First    int32                                          `json:"first"`
	Behavior *autoscalingv2.HorizontalPodAutoscalerBehavior `json:"behavior,omitempty"`
	Steps    [][6]int64                                     `json:"steps"`
}

// seen is what the metrics client answers with.
type seen struct {
	metricsclient.MetricsClient
	usage int64
	pods  metricsclient.PodMetricsInfo
}

func (s *seen) GetExternalMetric(string, string, labels.Selector) ([]int64, time.Time, error) {
	return []int64{s.usage}, time.Now(), nil
}

func (s *seen) GetResourceMetric(context.Context, v1.ResourceName, string, labels.Selector, string) (metricsclient.PodMetricsInfo, time.Time, error) {
	return s.pods, time.Now(), nil
}

func TestWriteHistories(t *testing.T) {
	count, _ := strconv.Atoi(os.Getenv("HISTORIES"))
	seed, _ := strconv.ParseUint(os.Getenv("SEED"), 10, 64)
	file, err := os.Create(os.Getenv("GOLDEN"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packed, _ := gzip.NewWriterLevel(file, gzip.BestCompression)
	out := bufio.NewWriter(packed)
	for i := range count {
		draw := rand.New(rand.NewPCG(seed, uint64(i)))
		var one history
		synctest.Test(t, func(t *testing.T) { one = live(t, draw) })
		line, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(out, string(line))
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
}

func live(t *testing.T, draw *rand.Rand) history {
	h := drawn(draw)
	hpa := &autoscalingv2.HorizontalPodAutoscaler{Spec: autoscalingv2.HorizontalPodAutoscalerSpec{MinReplicas: &h.Min, MaxReplicas: h.Max, Behavior: h.Behavior}}
	metrics := &seen{}
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	a := &HorizontalController{
		tolerance:                    0.1,
		downscaleStabilisationWindow: window,
		recommendations:              map[string][]timestampedRecommendation{},
		scaleUpEvents:                map[string][]timestampedScaleEvent{},
		scaleDownEvents:              map[string][]timestampedScaleEvent{},
		replicaCalc:                  NewReplicaCalculator(metrics, corelisters.NewPodLister(indexer), cpuInit, readiness),
	}
	current, level := h.First, float64(h.First)*(0.3+draw.Float64())
	for range 8 + draw.IntN(40) {
		pause := int64(15)
		if draw.IntN(20) == 0 {
			pause = int64(1 + draw.IntN(400))
		}
		time.Sleep(time.Duration(pause) * time.Second)
		level = max(0, level*(0.8+0.45*draw.Float64())+draw.Float64()-0.5)
		if draw.IntN(12) == 0 {
			level *= 4 * draw.Float64()
		}
		step := [6]int64{pause, int64(level * 10 * float64(h.Target)), int64(current), 0, 0, 0}
		wanted := compute(t, a, metrics, indexer, &h, &step, current, draw)
		wanted = settle(a, hpa, wanted, current)
		step[5] = int64(wanted)
		h.Steps = append(h.Steps, step)
		current = wanted
		level = min(level, 3*float64(h.Max))
	}
	return h
}

func drawn(draw *rand.Rand) history {
	h := history{Kind: "external", Target: int32(10 + draw.IntN(90)), Min: int32(1 + draw.IntN(3))}
	h.Max = h.Min + int32(draw.IntN(60))
	h.First = h.Min + int32(draw.IntN(int(h.Max-h.Min)+1))
	if draw.IntN(2) == 0 {
		h.Kind = "cpu"
	}
	if draw.IntN(2) == 0 {
		h.Behavior = behavior(draw)
	}
	return h
}

// behavior is what the API server makes of an empty one, or of one with rules of its own.
func behavior(draw *rand.Rand) *autoscalingv2.HorizontalPodAutoscalerBehavior {
	b := &autoscalingv2.HorizontalPodAutoscalerBehavior{}
	if draw.IntN(3) > 0 {
		b.ScaleUp, b.ScaleDown = rules(draw), rules(draw)
	}
	hpa := &autoscalingv2.HorizontalPodAutoscaler{Spec: autoscalingv2.HorizontalPodAutoscalerSpec{Behavior: b}}
	defaults.SetDefaults_HorizontalPodAutoscalerBehavior(hpa)
	return hpa.Spec.Behavior
}

func rules(draw *rand.Rand) *autoscalingv2.HPAScalingRules {
	r := &autoscalingv2.HPAScalingRules{}
	if draw.IntN(2) == 0 {
		seconds := int32(draw.IntN(400))
		r.StabilizationWindowSeconds = &seconds
	}
	if draw.IntN(2) == 0 {
		choice := []autoscalingv2.ScalingPolicySelect{autoscalingv2.MaxChangePolicySelect, autoscalingv2.MinChangePolicySelect, autoscalingv2.DisabledPolicySelect}[draw.IntN(3)]
		r.SelectPolicy = &choice
	}
	for range draw.IntN(3) {
		kind := []autoscalingv2.HPAScalingPolicyType{autoscalingv2.PodsScalingPolicy, autoscalingv2.PercentScalingPolicy}[draw.IntN(2)]
		r.Policies = append(r.Policies, autoscalingv2.HPAScalingPolicy{Type: kind, Value: int32(1 + draw.IntN(120)), PeriodSeconds: int32(1 + draw.IntN(300))})
	}
	return r
}

func compute(t *testing.T, a *HorizontalController, m *seen, indexer cache.Indexer, h *history, step *[6]int64, current int32, draw *rand.Rand) int32 {
	tolerances := Tolerances{a.tolerance, a.tolerance}
	if h.Kind == "external" {
		m.usage = step[1]
		wanted, _, _, err := a.replicaCalc.GetExternalPerPodMetricReplicas(current, int64(h.Target)*10, "calls", tolerances, "default", &metav1.LabelSelector{})
		if err != nil {
			t.Fatal(err)
		}
		return wanted
	}
	pods(m, indexer, step, current, draw)
	wanted, _, _, _, err := a.replicaCalc.GetResourceReplicas(context.Background(), current, h.Target, v1.ResourceCPU, tolerances, "default", labels.Everything(), "")
	if err != nil {
		t.Fatal(err)
	}
	return wanted
}

// pods makes as many as there are: most of them ready, some still starting, some without a metric; their usage adds up to the step's.
func pods(m *seen, indexer cache.Indexer, step *[6]int64, current int32, draw *rand.Rand) {
	unready, missing := int64(0), int64(0)
	if draw.IntN(3) == 0 {
		unready = int64(draw.IntN(int(current)))
	}
	if draw.IntN(5) == 0 {
		missing = int64(draw.IntN(int(int64(current) - unready)))
	}
	ready := int64(current) - unready - missing
	step[2], step[3], step[4] = ready, unready, missing
	now := time.Now()
	var items []interface{}
	m.pods = metricsclient.PodMetricsInfo{}
	for i := range int64(current) {
		pod := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("pod-%d", i), Namespace: "default"}}
		pod.Spec.Containers = []v1.Container{{Name: "main", Resources: v1.ResourceRequirements{Requests: v1.ResourceList{v1.ResourceCPU: *resource.NewMilliQuantity(requestMill, resource.DecimalSI)}}}}
		start := metav1.NewTime(now.Add(-time.Hour))
		pod.Status.StartTime, pod.Status.Phase = &start, v1.PodRunning
		pod.Status.Conditions = []v1.PodCondition{{Type: v1.PodReady, Status: v1.ConditionTrue, LastTransitionTime: start}}
		switch {
		case i < ready:
			share := step[1] / ready
			if i == 0 {
				share += step[1] % ready
			}
			m.pods[pod.Name] = metricsclient.PodMetric{Timestamp: now, Window: time.Minute, Value: share}
		case i < ready+unready:
			begun := metav1.NewTime(now.Add(-10 * time.Second))
			pod.Status.StartTime = &begun
			pod.Status.Conditions[0].Status = v1.ConditionFalse
			m.pods[pod.Name] = metricsclient.PodMetric{Timestamp: now, Window: time.Minute, Value: int64(draw.IntN(2000))}
		}
		items = append(items, pod)
	}
	if err := indexer.Replace(items, ""); err != nil {
		panic(err)
	}
}

// settle is what reconcileAutoscaler does with a proposal, in its order.
func settle(a *HorizontalController, hpa *autoscalingv2.HorizontalPodAutoscaler, wanted, current int32) int32 {
	const key = "default/golden"
	if hpa.Spec.Behavior == nil {
		return a.normalizeDesiredReplicas(hpa, key, current, wanted, *hpa.Spec.MinReplicas)
	}
	wanted = a.normalizeDesiredReplicasWithBehaviors(hpa, key, current, wanted, *hpa.Spec.MinReplicas)
	if wanted != current {
		a.storeScaleEvent(hpa.Spec.Behavior, key, current, wanted)
	}
	return wanted
}
