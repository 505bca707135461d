package aws

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// A password of ours is a secret wherever it goes, and is kept in a secret of
// the form that RDS's own has.
func TestRdsPassword(t *testing.T) {
	g := runRds(t, testScope(), nil)
	db := g.One(t, rdsInstanceToken, "database")
	if db.Inputs.String("password") != rdsPassword || db.Inputs.Has("manageMasterUserPassword") || !slices.Contains(db.Secret, "password") {
		t.Errorf("the password is not ours, or not secret: %v", db.Secret)
	}
	version := g.One(t, "aws:secretsmanager/secretVersion:SecretVersion", "database-master")
	var value map[string]string
	if err := json.Unmarshal([]byte(version.Inputs.String("secretString")), &value); err != nil {
		t.Fatal(err)
	}
	if value["username"] != masterUser || value["password"] != rdsPassword || !slices.Contains(version.Secret, "secretString") {
		t.Errorf("the secret's value has another form, or is not secret: %v", version.Secret)
	}
	if secret := g.One(t, "aws:secretsmanager/secret:Secret", "database-master").Inputs; secret.String("kmsKeyId") == "" || secret.Int("recoveryWindowInDays") != 30 {
		t.Errorf("the secret has no key of ours, or is gone at once: %v", secret)
	}
	for _, r := range g.All(rdsInstanceToken) {
		if r.Name != "database" && r.Inputs.Has("password") {
			t.Errorf("%s has a password: it has its source's", r.Name)
		}
	}
}

func TestRdsReplicasNeedAPassword(t *testing.T) {
	err := (&RdsArgs{Replicas: 1}).check("database")
	if err == nil || !strings.Contains(err.Error(), "Replicas: got 1 without a Password") {
		t.Errorf("got %v", err)
	}
}

// What may be lost is lost; everything else leaves a snapshot, its backups and
// the key that opens them.
func TestRdsDisposable(t *testing.T) {
	for _, disposable := range []bool{false, true} {
		s := testScope()
		s.Disposable = disposable
		in := runRds(t, s, managed).One(t, rdsInstanceToken, "").Inputs
		if in.Bool("skipFinalSnapshot") != disposable || in.Bool("deleteAutomatedBackups") != disposable {
			t.Errorf("disposable %v: got %v and %v", disposable, in.Bool("skipFinalSnapshot"), in.Bool("deleteAutomatedBackups"))
		}
	}
}

// A version with a minor stays there: RDS would move on, and AWS refuses the
// way back.
func TestRdsPinnedMinor(t *testing.T) {
	g := runRds(t, testScope(), func(a *RdsArgs) { managed(a); a.EngineVersion = "17.6" })
	if g.One(t, rdsInstanceToken, "").Inputs.Bool("autoMinorVersionUpgrade") {
		t.Error("a pinned minor version is upgraded")
	}
}
