#include "main/certificate.h"
#include "main/offline.h"
#include "services/tax/certificate/certificate.h"
#include <stdio.h>

static const char *explain(enum certificate_part part)
{
	switch (part) {
	case CERTIFICATE_GOOD: return "page, data and signature agree";
	case CERTIFICATE_FILE: return "this is not a certificate of ours, or its proof can not be read";
	case CERTIFICATE_KEY: return "the signing key is not endorsed by the key you gave";
	case CERTIFICATE_SIGNATURE: return "the signature or what it signs was changed";
	case CERTIFICATE_DATA: return "the data inside were changed";
	case CERTIFICATE_PAGE: return "the page that one sees was changed";
	case CERTIFICATE_REST: return "something else in the file was changed or added";
	}
	return "";
}

static void print_facts(struct arena *a, const struct certificate_facts *facts)
{
	struct value *v;
	struct json_fault where;
	if (json_parse(a, facts->data, &v, &where) != OK) return;
	const struct value *taxpayer = value_get(v, S("taxpayer"));
	(void)printf("number %.*s\nof %.*s\ntaxpayer %.*s %.*s\nperiod %.*s\ntotal %.*s\nsigned by %.*s\n",
	        STR_FMT(value_text(v, "number")), STR_FMT(value_text(v, "issued_on")),
	        STR_FMT(value_text(taxpayer, "tax_id")), STR_FMT(value_text(taxpayer, "name")),
	        STR_FMT(value_text(v, "period")), STR_FMT(value_text(v, "total")), STR_FMT(facts->signer));
}

static int verify(struct arena *a, int argc, char **argv)
{
	struct str file;
	struct offline_keys keys;
	struct certificate_facts facts;
	if (!offline_arguments(a, argc, argv, "certificate", &file, &keys)) return 2;
	enum certificate_part part = CERTIFICATE_KEY; /* the log's key of that time is one of those given */
	for (size_t i = 0; i < keys.n && part == CERTIFICATE_KEY; i++)
		part = certificate_verify(a, file, &keys.list[i], &facts);
	if (part != CERTIFICATE_GOOD) {
		(void)printf("FAILED %s: %s\n", certificate_part_names[part], explain(part));
		return 1;
	}
	(void)printf("ok: %s\n", explain(part));
	print_facts(a, &facts);
	return 0;
}

int certificate_main(int argc, char **argv)
{
	struct arena *a = arena_new();
	int rc = verify(a, argc, argv);
	arena_free(a);
	return rc;
}
