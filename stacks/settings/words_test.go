package settings

import "testing"

// A variable is no secret because of a word at its beginning, or one that only looks
// like it.
func TestOpenSecrets(t *testing.T) {
	for name, value := range map[string]string{
		"MAX_TOKENS": "4096", "TOKENIZERS_PARALLELISM": "false", "TOKEN_TTL": "15m", "PASSWORD_RESET_URL": "https://app.example.com/reset",
		"PUBLIC_KEY": "ssh-ed25519 AAAA", "AWS_ACCESS_KEY_ID_HEADER": "x", "SECRETS_DIR": "/run/secrets/explico", "KEY": "x", "API_KEYS_URL": "https://a.example.com",
		"PRICE_PER_TOKEN": "0.000002", "PAD_TOKEN": "0", "RESET_PASSWORD": "true", "DB_PASSWORD": "/run/secrets/explico/database",
		"DATABASE_URL": "postgres://app@db.example.com:5432/app", "HOMEPAGE": "https://example.com/a:b@c", "TEMPLATE": "postgres://app:${DB_PASSWORD}@db/app",
		"DOCS": "postgres://app:<password>@db/app", "MAIL_FROM": "Explico <no-reply@example.com>", "PROXY": "http://proxy:3128", "TIME": "12:00@noon",
	} {
		if got := openSecret(name, value); got != "" {
			t.Errorf("%s=%s: got %s, want nothing", name, value, got)
		}
	}
	for name, value := range map[string]string{
		"DB_PASSWORD": "12345", "PGPASSWORD": "x", "dbPassword": "x", "GITHUB_TOKEN": "ghp_x", "HF_TOKEN": "hf_x", "CLIENT_SECRET": "x", "SECRET_KEY_BASE": "x",
		"API_KEY": "x", "OPENAI_API_KEY_2": "sk-x", "APIKEY": "x", "AWS_SECRET_ACCESS_KEY": "x", "SIGNING_PRIVATE_KEY": "x", "GCP_CREDENTIALS": "{}",
		"DATABASE_URL": "postgres://u:p@h/db", "REDIS": "redis://:p@h:6379", "HOSTS": "a, amqp://u:p%40x@h/v", "MIXED": "postgres://u:${A}b@h/db",
		"CERT": "-----BEGIN RSA PRIVATE KEY-----\nMII", "CERT_2": "-----BEGIN PRIVATE KEY-----",
	} {
		if openSecret(name, value) == "" {
			t.Errorf("%s=%s: got nothing, want it refused", name, value)
		}
	}
}

// Schedules that cron takes are let in.
func TestSchedules(t *testing.T) {
	for _, schedule := range []string{"30 3 * * *", "*/5 0-6,20-23 1,15 JAN-MAR mon-fri", "0 0 29 2 *", "0 12 ? * 0", "  0  3 * * 1"} {
		if want := fiveFields(schedule); want != "" {
			t.Errorf("%s: want %s", schedule, want)
		}
	}
	for _, schedule := range []string{
		"0 30 1 * * ?", "0 0 2 ? * MON-FRI", "0 0/15 * * * ?", "0 0 1 L * ?", "0 0 1 LW * ?", "0 0 1 L-3 * ?", "0 0 1 15W * ?", "0 0 1 ? * FRI#2",
		"0 0 1 ? * 6L", "0 0 1 1,15 JAN,JUL ? 2026-2030", "0 0 1 ? * sun",
	} {
		if want := watcherWant(schedule); want != "" {
			t.Errorf("%s: want %s", schedule, want)
		}
	}
	for _, zone := range []string{"Etc/UTC", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"} {
		if want := zoneWant(zone); want != "" {
			t.Errorf("%s: want %s", zone, want)
		}
	}
}

// Brackets within quotes and comments count for nothing.
func TestQueries(t *testing.T) {
	for _, query := range []string{
		`sum(rate(jobs_total{queue=~"a|b(c", host!='}'}[5m])) by (queue)`, "queue_length # (", "queue_length{name=`a\\`}", `q{a="\"("}`, "vector(0)", "# a\nq",
	} {
		if got := unclosed(query); got != "" {
			t.Errorf("%s: got %s, want nothing", query, got)
		}
	}
	for query, want := range map[string]string{
		"sum(q": "a ( that nothing closes", "q)": "a ) that closes nothing", "q[5m}": "a } that closes nothing", `q{a="b}`: `a " that nothing closes`,
		"  ": "nothing but spaces", "# q": "nothing but a comment",
	} {
		if got := unclosed(query); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}
