#!/bin/sh
# Gives a session a task and follows it with curl alone: sh follow.sh SESSION "What to do"
set -eu
session="$TASKMASTER_URL/api/v1/sessions/$1"
authorization="Authorization: Bearer $TASKMASTER_TOKEN"
# In JSON, quotes and backslashes have one before them; the task is to be on one line.
content=$(printf %s "$2" | sed 's/[\\"]/\\&/g')

answer=$(curl -sS --fail-with-body -H "$authorization" -H "Content-Type: application/json" \
  -d "{\"content\": \"$content\"}" "$session/prompts") || { echo "$answer" >&2; exit 1; }

# Server-sent events, one an entry; `id:` is its number, from which the next call goes on by ?after=
exec curl -sS -N --fail-with-body -H "$authorization" -H "Accept: text/event-stream" "$session/stream?after=0"
