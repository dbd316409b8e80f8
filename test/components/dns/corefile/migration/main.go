// Migrates Corefiles with the official library: reads a JSON list of inputs, writes a JSON list of results.
package main

import (
	"encoding/json"
	"os"

	"github.com/coredns/corefile-migration/migration"
)

type input struct {
	From, To, Corefile string
	Down, Deprecations bool
}

type output struct {
	Corefile string
	Error    string
	Notices  []migration.Notice
}

func main() {
	var inputs []input
	if err := json.NewDecoder(os.Stdin).Decode(&inputs); err != nil {
		panic(err)
	}
	outputs := []output{}
	for _, in := range inputs {
		var out output
		var err error
		if in.Down {
			out.Corefile, err = migration.MigrateDown(in.From, in.To, in.Corefile)
		} else {
			out.Corefile, err = migration.Migrate(in.From, in.To, in.Corefile, in.Deprecations)
			if notices, failed := migration.Deprecated(in.From, in.To, in.Corefile); failed == nil {
				out.Notices = notices
			}
		}
		if err != nil {
			out.Error = err.Error()
		}
		outputs = append(outputs, out)
	}
	result := map[string]any{"versions": migration.ValidVersions(), "results": outputs}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}
