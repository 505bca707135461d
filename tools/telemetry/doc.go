// Package telemetry checks the configurations of logs and traces with the code
// of those who read them: the collector's own components, Elastic's grok and the
// types of Elasticsearch's API. It is a module of its own, since none of that is
// part of the program.
//
// What it checks are the files of components/monitoring/testdata, which a test
// there keeps equal to what the program writes.
package telemetry
