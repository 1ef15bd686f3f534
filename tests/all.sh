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
	local limit=${ETAX_FILE_SECONDS:-900}
	ETAXD=$PWD/$BUILD/etaxd timeout -k 10 "$limit" node --test --test-reporter=tap "$1" >"$2" 2>&1 && return
	[ $? -lt 124 ] || printf '# fail 1\n# %s did not end within %s s\n' "$1" "$limit" >>"$2"
}

# told_file FILE DIR: what it printed goes to DIR; a failing one is shown at once, whole
told_file() {
	local out; out=$2/$(basename "$1")
	node_file "$1" "$out" || true
	grep -E '# SKIP' "$out" | sed 's/^ *ok [0-9]* - /  skipped: /; s/# SKIP/—/' >&2 || true
	if ! grep -q '^# pass ' "$out" || [ "$(count_of 'fail\|cancelled' "$out")" -gt 0 ]; then
		{ printf '%s has failures\n' "$1"; cat "$out"; } >&2
	fi
}

# count_of WORDS FILE: the sum of node's own counts of that name
count_of() { sed -n "s/^# \($1\) //p" "$2" | awk '{ n += $1 } END { print n + 0 }'; }

# node_tests NAME FOLDER: as many files at once as there are cores; each has its own server, data and port
node_tests() {
	local name=$1 dir out good=0 bad=0 fails
	dir=$(mktemp -d)
	export BUILD
	export -f node_file told_file count_of
	find "$2" -name '*.test.mjs' | sort | xargs -P "$JOBS" -I{} bash -c 'told_file "$1" "$2"' told {} "$dir" || true
	for out in "$dir"/*; do
		fails=$(count_of 'fail\|cancelled' "$out")
		grep -q '^# pass ' "$out" || [ "$fails" -gt 0 ] || fails=1
		good=$((good + $(count_of pass "$out"))) bad=$((bad + fails)) skipped=$((skipped + $(count_of skipped "$out")))
	done
	rm -rf "$dir"
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

# fuzz_one SOURCE SECONDS: one target on a copy of its corpus; what it finds is kept in .cache/fuzz
fuzz_one() {
	local name dir good=0
	name=$(basename "$1" .c)
	dir=$(mktemp -d)
	[ -d "fuzz/corpus/${name%_fuzz}" ] && cp -r "fuzz/corpus/${name%_fuzz}/." "$dir"
	"build-san/$name" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -artifact_prefix=.cache/fuzz/"$name"- \
		"$dir" >"$dir.log" 2>&1 || good=1
	if [ $good = 0 ]; then echo good; else { printf 'fuzz target %s failed\n' "$name"; tail -40 "$dir.log"; } >&2; echo bad; fi
	rm -rf "$dir" "$dir.log"
}

part_fuzz() {
	local seconds=${ETAX_FUZZ_SECONDS:-5} told
	{ sanitized && ninja -C build-san -j "$JOBS" >&2; } || { tally fuzz 0 1; return; }
	mkdir -p .cache/fuzz
	export -f fuzz_one
	told=$(python3 tools/sources.py fuzz | tr ' ' '\n' | xargs -P "$JOBS" -I{} bash -c 'fuzz_one "$1" "$2"' fuzz {} "$seconds" || true)
	tally "fuzz smoke ($seconds s each)" "$(grep -c good <<<"$told" || true)" "$(grep -c bad <<<"$told" || true)"
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
