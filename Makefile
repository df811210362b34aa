# What one does with Lifeboat's sources. One release build serves the demo and the tests.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
SOURCES := Package.swift Sources Tests

.PHONY: help setup demo test fuzz soak bench lint format clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: ## Install what is missing on a Debian machine
	@Scripts/setup

demo: setup ## Break a small stack of real servers and bring it back to one second
	@swift build -c release --product lifeboat
	@.build/release/lifeboat demo

test: setup lint ## Build and run every test; a skipped test is a failure
	@swift build -c release --build-tests
	@Scripts/test

fuzz: setup ## Feed made-up inputs to the readers of what comes from outside, a minute each; CONTRIBUTING.md
	@Scripts/fuzz

soak: setup ## Do what takes hours: memory with much data (20 GB of disk), every kind of PostgreSQL, a million orders of writers and collectors
	@swift build -c release --build-tests
	@Scripts/soak

bench: ## Measure Lifeboat beside its peers and print tables (20 GB of disk, an hour); Docs/benchmarks.md
	@Scripts/setup bench
	@swift build -c release --product lifeboat
	@Scripts/bench

lint: ## Check the format of the sources
	@swift format lint --strict --parallel --configuration .swift-format -r $(SOURCES)

format: ## Format the sources
	@swift format --in-place --parallel --configuration .swift-format -r $(SOURCES)

clean: ## Remove what was built
	@swift package clean
