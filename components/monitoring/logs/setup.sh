#!/bin/sh
# Puts into Elasticsearch what it needs, and hands its readers their passwords.
# It can run again at any time, and does so every night.
set -eu
umask 077

# Passwords and tokens stand in files: arguments are seen by others on the node.
printf 'user = "elastic:%s"\n' "$(cat /credentials/elastic)" >/tmp/elasticsearch
printf 'cacert = "/ca/ca.crt"\nsilent\nshow-error\nfail-with-body\noutput = "/dev/stderr"\n' >>/tmp/elasticsearch
elasticsearch() { # method, path, file or - for the standard input
	curl --config /tmp/elasticsearch --request "$1" --header 'Content-Type: application/json' --data-binary "@$3" "$ELASTICSEARCH$2"
}
curl --config /tmp/elasticsearch --retry 90 --retry-delay 10 --retry-all-errors \
	"$ELASTICSEARCH/_cluster/health?wait_for_status=yellow&timeout=5s"

while read -r method path file; do
	elasticsearch "$method" "$path" "/setup/$file"
done </setup/requests

# A reader's password is made here, once, and is nowhere but in its secret. The
# certificate of the authority changes every year.
account=/var/run/secrets/kubernetes.io/serviceaccount
printf 'header = "Authorization: Bearer %s"\ncacert = "%s/ca.crt"\nsilent\nshow-error\nfail\n' "$(cat $account/token)" $account >/tmp/kubernetes
authority=$(base64 </ca/ca.crt | tr -d '\n')
while read -r user namespace secret; do
	url=https://kubernetes.default.svc/api/v1/namespaces/$namespace/secrets/$secret
	password=$(curl --config /tmp/kubernetes "$url" | sed -n 's/.*"password": *"\([^"]*\)".*/\1/p' | base64 -d)
	if [ -z "$password" ]; then
		password=$(head -c 32 /dev/urandom | base64 | tr -d '+/=\n')
	fi
	printf '{"password":"%s","roles":["%s"]}' "$password" "$user" | elasticsearch PUT "/_security/user/$user" -
	printf '{"data":{"username":"%s","password":"%s","ca.crt":"%s"}}' \
		"$(printf %s "$user" | base64)" "$(printf %s "$password" | base64 | tr -d '\n')" "$authority" |
		curl --config /tmp/kubernetes --request PATCH --header 'Content-Type: application/merge-patch+json' \
			--data-binary @- --output /dev/null "$url"
done </setup/readers
