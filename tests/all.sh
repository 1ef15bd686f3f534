# Sourced by ./dev: the whole proof, part by part. Each part counts what it ran; the last line is the sum.
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
PARTS="unit http browser postgresql sanitizers fuzz check"
passed=0 failed=0 skipped=0 failures=""

tally() { # name passed failed
	passed=$((passed + $2)) failed=$((failed + $3))
	[ "$3" = 0 ] || failures+=" $1($3)"
	say "== $1: $2 passed, $3 failed"
}

# meson_tests NAME DIR: one count a test program
meson_tests() {
	local name=$1 dir=$2 log good bad
	if [ -z "$(python3 tools/sources.py tests)" ]; then say "== $name: there are no unit tests"; return; fi
	rm -f "$dir"/meson-logs/testlog.json
	meson test -C "$dir" --num-processes "$JOBS" --no-rebuild --print-errorlogs --timeout-multiplier 5 >&2 || true
	log=$dir/meson-logs/testlog.json
	good=$(grep -c '"result": "OK"' "$log" || true)
	bad=$(grep -c -v -E '"result": "(OK|SKIP)"' "$log" || true)
	grep '"result": "SKIP"' "$log" | sed 's/.*"name": "\([^"]*\)".*/skipped: \1/' >&2 || true
	tally "$name" "${good:-0}" "${bad:-1}"
}

# node_file FILE OUT: one file under node's own runner; a file that does not end is ended, and has failed
node_file() {
	local limit=${ETAX_FILE_SECONDS:-600}
	ETAXD=$PWD/$BUILD/etaxd timeout -k 10 "$limit" node --test --test-reporter=tap "$1" >"$2" 2>&1 && return
	[ $? -lt 124 ] || printf '# fail 1\n# %s did not end within %s s\n' "$1" "$limit" >>"$2"
}

# node_tests NAME FOLDER: one file after the other; what a failing one printed is shown at once
node_tests() {
	local name=$1 out file good=0 bad=0 n fails skips
	out=$(mktemp)
	for file in $(find "$2" -name '*.test.mjs' | sort); do
		node_file "$file" "$out" || true
		n=$(sed -n 's/^# pass //p' "$out" | tail -1)
		fails=$(sed -n 's/^# \(fail\|cancelled\) //p' "$out" | awk '{ n += $1 } END { print n + 0 }')
		skips=$(sed -n 's/^# skipped //p' "$out" | tail -1)
		[ -n "$n" ] || [ "$fails" -gt 0 ] || fails=1
		grep -E '# SKIP' "$out" | sed 's/^ *ok [0-9]* - /  skipped: /; s/# SKIP/—/' >&2 || true
		if [ "$fails" -gt 0 ]; then say "$file has failures"; cat "$out" >&2; fi
		good=$((good + ${n:-0})) bad=$((bad + fails)) skipped=$((skipped + ${skips:-0}))
	done
	rm -f "$out"
	tally "$name" "$good" "$bad"
}

part_unit() { meson_tests "unit (gcc, SQLite)" "$BUILD"; }
part_http() { node_tests "http (SQLite)" tests/http; }
part_browser() { node_tests "browser" tests/browser; }

inside_postgresql() {
	meson_tests "unit (gcc, PostgreSQL)" "$BUILD"
	node_tests "http (PostgreSQL)" tests/http
	printf '%s %s %s%s\n' "$passed" "$failed" "$skipped" "$failures" >"$1"
}
part_postgresql() {
	local sum; sum=$(mktemp)
	tests/lib/with_postgres ./dev inside-postgresql "$sum" || true
	local p f k rest
	if read -r p f k rest <"$sum"; then passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + k)) failures+=${rest:+ $rest}
	else tally "PostgreSQL" 0 1; fi
	rm -f "$sum"
}

part_sanitizers() {
	if sanitized && ninja -C build-san -j "$JOBS" >&2; then meson_tests "unit (clang, ASan+UBSan)" build-san
	else tally "build (clang, ASan+UBSan)" 0 1; fi
}

part_fuzz() {
	local source name dir good=0 bad=0 seconds=${ETAX_FUZZ_SECONDS:-5}
	{ sanitized && ninja -C build-san -j "$JOBS" >&2; } || { tally fuzz 0 1; return; }
	for source in $(python3 tools/sources.py fuzz); do
		name=$(basename "$source" .c)
		dir=$(mktemp -d)
		[ -d "fuzz/corpus/${name%_fuzz}" ] && cp -r "fuzz/corpus/${name%_fuzz}/." "$dir"
		mkdir -p .cache/fuzz
		if "build-san/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -artifact_prefix=.cache/fuzz/"$name"- \
			"$dir" >"$dir.log" 2>&1; then good=$((good + 1)); else
			bad=$((bad + 1)); say "fuzz target $name failed"; tail -40 "$dir.log" >&2
		fi
		rm -rf "$dir" "$dir.log"
	done
	tally "fuzz smoke ($seconds s each)" $good $bad
}

part_check() {
	local out good bad
	out=$(mktemp)
	python3 tools/house_check.py --build "$BUILD" | tee "$out" >&2 || true
	good=$(grep -c '^ok ' "$out" || true) bad=$(grep -c '^FAIL ' "$out" || true)
	[ $((good + bad)) -gt 0 ] || bad=1
	rm -f "$out"
	tally "house checks" "$good" "$bad"
}

test_all() {
	local started=$SECONDS part
	[ $# -gt 0 ] || set -- $PARTS
	install test
	if ! build; then
		tally build 0 1
		printf '%s passed, %s failed\n' "$passed" "$failed"
		return 1
	fi
	for part in "$@"; do
		declare -F "part_$part" >/dev/null || die "no part called $part; there are: $PARTS"
		"part_$part"
	done
	say "== $((SECONDS - started)) s, $skipped skipped (named above)${failures:+; failed:$failures}"
	printf '%s passed, %s failed\n' "$passed" "$failed"
	[ "$failed" = 0 ]
}
