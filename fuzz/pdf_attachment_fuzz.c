/* Hostile bytes as a PDF: reading an attachment and attaching one never leave the buffer. */
#include "kernel/pdf/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct str pdf = { arena_dup(a, data, size), size };
	struct str got = pdf_attachment(a, pdf, "a.json");
	if (got.p && (got.p < pdf.p || got.p + got.n > pdf.p + pdf.n)) __builtin_trap();
	struct str with = pdf_attach(a, pdf, "a.json", "application/json", S("{}"));
	got = pdf_attachment(a, with, "a.json");
	if (got.p && (got.p < with.p || got.p + got.n > with.p + with.n)) __builtin_trap();
	struct pdf_attached parts;
	if (pdf_attached(a, pdf, &parts) && (parts.base.n > pdf.n || parts.bytes.p < pdf.p)) __builtin_trap();
	if (with.p && pdf_attached(a, with, &parts) &&
	        (parts.base.n > with.n || parts.bytes.p < with.p || parts.bytes.p + parts.bytes.n > with.p + with.n))
		__builtin_trap();
	arena_free(a);
	return 0;
}
