#!/bin/sh
# A small history with people, dates and files of its own, for docs/demo.md: sh docs/samples/history.sh FOLDER
set -eu
mkdir -p "$1" && cd "$1"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git init --quiet --initial-branch=main .

# commit AUTHOR MAIL TIME SUBJECT, of all that changed
commit() {
  export GIT_AUTHOR_NAME="$1" GIT_AUTHOR_EMAIL="$2" GIT_AUTHOR_DATE="$3"
  export GIT_COMMITTER_NAME="$1" GIT_COMMITTER_EMAIL="$2" GIT_COMMITTER_DATE="$3"
  git add --all
  git commit --quiet --message "$4"
}
ada() { commit 'Ada Lovelace' ada@example.com "$@"; }
zoe() { commit 'Zoë Müller' zoe@example.com "$@"; }

mkdir -p src
echo '# Harbour' > README.md
ada 2026-03-02T09:00:00+01:00 'A harbour for small boats'
seq 1 120 > src/berths.txt
ada 2026-03-02T16:30:00+01:00 'Berths, numbered'
seq 1 40 > src/cranes.txt
zoe 2026-03-03T10:15:00+01:00 'Two cranes that lift the heavy ones'
git checkout --quiet -b lights
echo 'red left, green right' > src/lights.txt
zoe 2026-03-04T11:00:00+01:00 'Lights at the mouth of the harbour'
git checkout --quiet main
echo 'Open from six to ten.' >> README.md
ada 2026-03-05T08:45:00Z 'Opening hours'
export GIT_AUTHOR_NAME='Ada Lovelace' GIT_AUTHOR_EMAIL=ada@example.com GIT_AUTHOR_DATE=2026-03-05T12:00:00Z
export GIT_COMMITTER_NAME='Ada Lovelace' GIT_COMMITTER_EMAIL=ada@example.com GIT_COMMITTER_DATE=2026-03-05T12:00:00Z
git merge --quiet --no-ff --message 'Merge the lights' lights
seq 1 100 > src/berths.txt
zoe 2026-03-06T15:20:00+01:00 'Fewer berths: the quay was repaired'
