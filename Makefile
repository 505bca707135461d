# Thin over go commands. The build flags stand in build.env alone: with other
# flags everything is compiled a second time.
include build.env
export CGO_ENABLED GOGC GOFLAGS

STACK ?= dev
SIMULATE = go run ./cmd/simulate
# The modules here that have code of their own.
MODULES = . tools/admission tools/manifests tools/prometheus tools/telemetry
TOOL = go tool -modfile=tools/lint/go.mod
SECURITY = go tool -modfile=tools/security/go.mod

.DEFAULT_GOAL := help
.PHONY: help up preview destroy policies cost test lint fmt golden docs check bench-build bench env module-files report-check security

help: ## Print this.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

up: ## Bring a stack up on the simulated cloud (STACK=dev).
	@$(SIMULATE) up --yes --skip-preview -s $(STACK)

preview: ## Preview a stack on the simulated cloud (STACK=dev).
	@$(SIMULATE) preview --diff -s $(STACK)

destroy: ## Take a stack down on the simulated cloud (STACK=dev).
	@$(SIMULATE) destroy --yes --skip-preview -s $(STACK)

policies: ## Build the policy pack: pulumi preview --policy-pack bin/policies.
	@go build -o bin/policies ./cmd/policies

test: lint ## Run every test: format, vet, unit, scenario, engine, repository rules.
	go test -vet=off -timeout 40m -parallel 4 ./... # lint has vetted; those of the engine wait much
	go -C tools/admission test -vet=off ./...
	go -C tools/telemetry test -vet=off -count=1 ./... # it reads files of this module, which the test cache does not see

lint: ## Check the format and vet the code; check the settings files.
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "run make fmt"; exit 1; }
	@set -e; for module in $(MODULES); do go vet -C $$module ./...; done
	$(TOOL) staticcheck ./...
	$(TOOL) actionlint
	go run ./cmd/settings check
	go run ./cmd/policies check

# Of gosec's rules are left out: G101, which guesses at secrets by the names of
# variables (gitleaks looks at values); G115, which takes the bytes of an address
# for an overflow; G204, G304 and G703, which would keep tools from running and
# reading what they are told to; G301 and G306, which would keep others from reading
# what is no secret.
security: ## Look for secrets, unsafe code and known vulnerabilities (the last needs the network).
	$(SECURITY) gitleaks git --no-banner --redact .
	$(SECURITY) gosec -quiet -exclude-generated -severity medium -exclude G101,G115,G204,G301,G304,G306,G703 ./...
	$(SECURITY) govulncheck -scan package ./...

fmt: ## Format the code.
	gofmt -w .

golden: ## Write the golden files and the generated docs anew; review the diff.
	-go test ./stacks/settings ./tests ./review ./cmd/review -run 'BrokenFiles|Scenarios|Readme|ChangeOfTheDatabase|Tables' -update
	go run ./cmd/settings reference > docs/reference/settings.md
	go run ./cmd/settings clouds > docs/reference/clouds.md
	go run ./cmd/policies compliance > docs/compliance.md

cost: ## Print what a stack costs a month, without a cloud (STACK=dev).
	@go run ./cmd/review cost -s $(STACK)

report-check: ## Render the page of a stack's cost in Chromium: light, dark, paper, and nothing in its console (STACK=dev).
	@scripts/report-check $(STACK)

check: ## Check the settings files.
	@go run ./cmd/settings check

bench-build: ## Build the program of each cloud from an empty cache and print what it took (CLOUD=aws: of one).
	@scripts/bench-build $(CLOUD)

bench: ## Compare a preview of prod with a bare program of as many resources.
	go test ./tests -run '^$$' -bench Preview -benchtime 5x

env: ## Print the build flags for your shell: eval "$(make env)". CLOUD=aws leaves the other clouds out.
	@scripts/build-env $(CLOUD)

module-files: ## Write go.<cloud>.mod anew, after a change of go.mod.
	@scripts/module-files
