//go:build tools

// The linter of the workflows, pinned: go run github.com/rhysd/actionlint/cmd/actionlint
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
