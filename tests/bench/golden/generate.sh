#!/bin/sh
# Writes golden vectors of Kubernetes' own HPA: generate.sh FILE [HISTORIES] [SEED]. Needs Go and the modules that tests/cluster builds
# from. The package's own sources are compiled unchanged beside histories_test.go, in a folder of their own: its functions are not exported.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
file=$(realpath -m "$1")
module=$here/../../cluster/modules/kubernetes
package=$(cd "$module" && go list -f '{{.Dir}}' k8s.io/kubernetes/pkg/controller/podautoscaler)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$module/go.mod" "$module/go.sum" "$work/"
mkdir "$work/podautoscaler"
cp "$package"/*.go "$work/podautoscaler/"
chmod -R u+w "$work"
rm -f "$work"/podautoscaler/*_test.go
cp "$here/histories_test.go" "$work/podautoscaler/"
cd "$work"
GOLDEN=$file HISTORIES=${2:-400} SEED=${3:-1} GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOPROXY=off CGO_ENABLED=0 \
  go test -count=1 -timeout 60m -run '^TestWriteHistories$' ./podautoscaler
