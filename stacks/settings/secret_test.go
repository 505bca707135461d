package settings

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const hidden = "hunter2"

func TestSecretHides(t *testing.T) {
	s := Subscription{Endpoint: NewSecret(hidden)}
	asYAML, _ := yaml.Marshal(s)
	asJSON, _ := json.Marshal(s)
	for _, got := range []string{
		fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s.Endpoint), fmt.Sprintf("%q", s.Endpoint),
		fmt.Sprintf("%x", s.Endpoint), string(asYAML), string(asJSON), fmt.Sprint(flattened(s)),
	} {
		if strings.Contains(got, hidden) || strings.Contains(got, fmt.Sprintf("%x", hidden)) {
			t.Errorf("shows the secret: %s", got)
		}
		if !strings.Contains(got, "[secret]") {
			t.Errorf("does not say that there is one: %s", got)
		}
	}
}

func flattened(s Subscription) map[string]string {
	all := Defaults(AWSCloud)
	all.Alerts.P0["x"] = s
	return Flatten(all)
}

// alerts is a section with one address, of which something is encrypted.
func alerts(section string) Source {
	src := config("explico:alerts", section)
	src.SecretKeys = []string{"explico:alerts"}
	return src
}

func TestSecretFromPulumi(t *testing.T) {
	src := alerts(`{"p0":{"oncall":{"protocol":"https","endpoint":"https://on.example.com/` + hidden + `"}}}`)
	src.StackFile = file("  explico:alerts:\n    p0:\n      oncall:\n        protocol: https\n        endpoint:\n          secure: v1:abc\n")
	s, warnings, err := Load(src)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	if got := s.Alerts.P0["oncall"].Endpoint; !strings.HasSuffix(got.Reveal(), hidden) || got.Encrypted() {
		t.Error("the secret is lost")
	}
}

func TestSecretFromFileAlone(t *testing.T) {
	s, _, err := loadFiles("test", goodFile(t, set("alerts.p0.oncall.protocol", "https"), set("alerts.p0.oncall.endpoint.secure", "v1:abc")), File{})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Alerts.P0["oncall"].Endpoint; !got.Encrypted() || got.IsZero() || got.Reveal() != "" {
		t.Errorf("got %#v, want one that says it is encrypted", got)
	}
}

// No diagnostic shows what is, or may be, encrypted.
func TestDiagnosticsShowNoSecret(t *testing.T) {
	withFile := func(src Source, text string) Source {
		src.StackFile = file(text)
		return src
	}
	region := config("explico:region", hidden)
	region.SecretKeys = []string{"explico:region"}
	network := config("explico:network", `{"cidr":"`+hidden+`","zones":{"eu-west-1a":0,"eu-west-1b":1}}`)
	network.SecretKeys = []string{"explico:network"}
	for name, c := range map[string]struct {
		src  Source
		code Code
	}{
		"address of the wrong shape": {alerts(`{"p0":{"x":{"protocol":"email","endpoint":"` + hidden + `"}}}`), BadSubscriber},
		"word that may be encrypted": {alerts(`{"p0":{"x":{"protocol":"` + hidden + `","endpoint":"a@example.com"}}}`), UnknownWord},
		"wrong type":                 {alerts(`{"p0":{"x":"` + hidden + `"}}`), WrongType},
		"not structured":             {alerts(`{"p0":` + hidden), Unreadable},
		"top-level setting":          {region, ExposedSecret},
		"section without secrets":    {network, ExposedSecret},
		"nested setting": {withFile(network,
			"  explico:network:\n    cidr:\n      secure: v1:abc\n    zones: {eu-west-1a: 0, eu-west-1b: 1}\n"), ExposedSecret},
		"whole section": {withFile(alerts(`{"p0":{"x":{"protocol":"`+hidden+`","endpoint":"a@example.com"}}}`),
			"  explico:alerts:\n    secure: v1:abc\n"), ExposedSecret},
		"proxy with a login": {config("explico:cluster", `{"endpoint":{"proxyUrl":"http://me:`+hidden+`@proxy:1"}}`), BadProxy},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings, err := Load(c.src)
			all := append(problemsOf(err), warnings...)
			if len(all) != 1 || all[0].Code != c.code {
				t.Errorf("got %s, want one %s", lines(all), c.code)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, all), hidden) {
				t.Errorf("shows the secret: %v", err)
			}
		})
	}
}
