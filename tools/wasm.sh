#!/bin/sh
# Compiles the invoice validator to WebAssembly: .cache/validator.wasm, from which tools/web.mjs makes web/dist/validator.js.
# Without clang, lld and wasi-libc nothing is made; the page then checks files on the server only.
set -eu
cd "$(dirname "$0")/.."
out=.cache/validator.wasm
sources="wasm/validator.c wasm/digest.c src/kernel/crypto/sm3.c src/kernel/crypto/sm3_many.c src/base/*.c src/kernel/value/*.c src/kernel/zip/*.c src/kernel/xml/read.c
	src/kernel/xml/tree.c src/kernel/pdf/attach.c src/services/invoice/issue/spec/[!v]*.c
	src/services/invoice/issue/spec/validate.c src/services/invoice/issue/face.c src/services/invoice/issue/amounts.c
	src/services/invoice/issue/taxcode.c src/services/invoice/issue/vat_rates.c src/services/invoice/issue/qr_text.c
	src/services/invoice/issue/einvoice.c src/services/invoice/issue/xbrl.c src/services/invoice/issue/special.c
	src/services/invoice/issue/differential.c src/services/invoice/issue/face_more.c"
mkdir -p .cache
if ! command -v clang >/dev/null || ! command -v wasm-ld >/dev/null || [ ! -d /usr/include/wasm32-wasi ]; then
	echo "no WebAssembly (clang, lld, wasi-libc, libclang-rt-14-dev-wasm32 make it): the validator's page works by upload" >&2
	exit 0
fi
# shellcheck disable=SC2086
[ -f $out ] && [ -z "$(find $sources tools/wasm.sh data/tax-codes.csv src/base src/kernel src/services/invoice/issue \
	\( -name '*.h' -o -name '*.c' -o -name '*.csv' -o -name '*.sh' \) -newer $out -print -quit)" ] && exit 0
{
	printf '.section .rodata.tax_codes,"",@\n.globl tax_codes\n.globl tax_codes_end\ntax_codes:\n'
	python3 - <<-'PY'
		data = open('data/tax-codes.csv', 'rb').read()
		for i in range(0, len(data), 64):
		    print('\t.byte ' + ','.join(str(b) for b in data[i:i + 64]))
		print('tax_codes_end:\n\t.byte 0')
		print(f'.size tax_codes, {len(data)}\n.size tax_codes_end, 1')
	PY
} > .cache/tax_codes.s
# shellcheck disable=SC2086
clang --target=wasm32-wasi -Oz -std=gnu17 -D_GNU_SOURCE -D_WASI_EMULATED_SIGNAL -Isrc -mexec-model=reactor -fno-strict-aliasing \
	-Wno-unknown-warning-option -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,--strip-all \
	-Wl,-z,stack-size=1048576 -o $out.new .cache/tax_codes.s $sources
mv $out.new $out
