// Renders a Helm chart as `helm template` does: the chart's folder as argument, values as JSON on stdin, YAML documents on stdout.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

func main() {
	if err := render(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(folder, kubernetes string) error {
	chart, err := loader.LoadDir(folder)
	if err != nil {
		return err
	}
	values := map[string]any{}
	if err := json.NewDecoder(os.Stdin).Decode(&values); err != nil {
		return err
	}
	version, err := chartutil.ParseKubeVersion(kubernetes)
	if err != nil {
		return err
	}
	capabilities := *chartutil.DefaultCapabilities
	capabilities.KubeVersion = *version
	release := chartutil.ReleaseOptions{Name: chart.Name(), Namespace: "kube-system", Revision: 1, IsInstall: true}
	// Judges the values by the chart's schema too.
	all, err := chartutil.ToRenderValues(chart, values, release, &capabilities)
	if err != nil {
		return err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return err
	}
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if len(name) > 5 && name[len(name)-5:] == ".yaml" {
			fmt.Printf("---\n%s\n", files[name])
		}
	}
	return nil
}
