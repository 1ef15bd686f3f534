#include "services/invoice/issue/spec/fields.h"
#include "services/invoice/issue/spec/spec.h"
#include <string.h>

const char *const spec_suites[SPEC_SUITES] = { [SPEC_SUITE_SM2] = "sm2-sm3", [SPEC_SUITE_ED25519] = "ed25519-sha256" };

void spec_report_init(struct spec_report *r, struct arena *a)
{
	memset(r, 0, sizeof *r);
	r->arena = a;
}

/* "/lines/1/amount" -> "EInvoiceData/IssuItemInformation[2]/Amount" */
static struct str element_of(struct arena *a, struct str pointer)
{
	struct str rest = pointer, piece, index = STR_NONE;
	const struct spec_group_def *group = &spec_groups[SPEC_ROOT];
	enum spec_group g = SPEC_ROOT;
	(void)str_split(&rest, '/', &piece);
	while (str_split(&rest, '/', &piece)) {
		int64_t n;
		if (str_to_int(piece, &n)) {
			index = str_from_int(a, n + 1);
			continue;
		}
		for (size_t i = 0; i < spec_n_fields; i++) {
			const struct spec_field *f = &spec_fields[i];
			if (f->group != g || !str_is(piece, f->name)) continue;
			if (f->type == SPEC_IS_GROUP || f->type == SPEC_IS_LIST) {
				group = &spec_groups[g = f->inner];
				break;
			}
			if (!f->xml) return STR_NONE;
			struct str alternatives = str_c(f->xml), first;
			(void)str_split(&alternatives, '|', &first);
			if (str_starts(first, "EInvoiceData/AdditionalInformation/EtaxCore") && alternatives.p)
				(void)str_split(&alternatives, '|', &first);
			return index.p ? str_printf(a, "%s[%s]/%.*s", group->xml, index.p, STR_FMT(first))
			               : str_printf(a, "%s%s%.*s", group->xml, *group->xml ? "/" : "", STR_FMT(first));
		}
	}
	return index.p ? str_printf(a, "%s[%s]", group->xml, index.p) : str_c(*group->xml ? group->xml : "EInvoice");
}

static void add_fault(struct spec_report *r, struct spec_fault f)
{
	if (r->n_faults == SPEC_FAULTS_MAX) {
		r->more++;
		return;
	}
	if (!r->faults) r->faults = arena_array(r->arena, SPEC_FAULTS_MAX, sizeof *r->faults);
	r->faults[r->n_faults++] = f;
}

void spec_fault(struct spec_report *r, enum spec_code code, struct str pointer, struct str arg, struct str arg2)
{
	bool xml = r->dialect && strcmp(r->dialect, "einvoice") == 0;
	add_fault(r, (struct spec_fault){ code, pointer, xml && pointer.n ? element_of(r->arena, pointer) : STR_NONE,
	                     { arg, arg2 } });
}

void spec_fault_at(struct spec_report *r, enum spec_code code, struct str place, struct str arg, struct str arg2)
{
	add_fault(r, (struct spec_fault){ code, S(""), place, { arg, arg2 } });
}

void spec_check(struct spec_report *r, const char *what, enum spec_outcome outcome, struct str detail)
{
	if (r->n_checks < SPEC_CHECKS_MAX)
		r->checks[r->n_checks++] = (struct spec_check){ what, outcome, detail, r->n_faults };
}

bool spec_valid(const struct spec_report *r)
{
	for (size_t i = 0; i < r->n_checks; i++)
		if (r->checks[i].outcome == SPEC_BAD) return false;
	return r->core && r->n_faults == 0;
}

enum spec_outcome spec_outcome(const struct spec_report *r, const char *what)
{
	for (size_t i = 0; i < r->n_checks; i++)
		if (strcmp(r->checks[i].what, what) == 0) return r->checks[i].outcome;
	return SPEC_SKIPPED;
}

/* What covers the whole of each form: a signature of its own, or that all of it follows from the core. */
bool spec_covered(const struct spec_report *r)
{
	static const struct {
		const char *format, *by, *or_by;
	} covers[] = { { "xml", "xml-signature", "xml-view" }, { "pdf", "pdf-signature", "face" },
		{ "ofd", "ofd-digests", "face" }, { "json", "core-hash", "core-hash" },
		{ "xbrl", "xbrl-view", "xbrl-view" } };
	bool proven =
	        spec_outcome(r, "signature-sm2") == SPEC_GOOD || spec_outcome(r, "signature-ed25519") == SPEC_GOOD;
	for (size_t i = 0; proven && r->format && i < sizeof covers / sizeof *covers; i++)
		if (strcmp(r->format, covers[i].format) == 0)
			return spec_outcome(r, covers[i].by) == SPEC_GOOD ||
			       spec_outcome(r, covers[i].or_by) == SPEC_GOOD;
	return false;
}

const char *spec_verdict(const struct spec_report *r)
{
	if (!r->core) return "unreadable";
	if (!spec_valid(r)) return "invalid";
	bool bare = !r->has_proof || r->partial || (r->asked && !spec_covered(r));
	return bare ? "unproven" : "valid";
}

static struct str fill(struct arena *a, const char *text, const struct spec_fault *f)
{
	const struct str arg[4] = { f->arg[0].p ? f->arg[0] : S(""), f->arg[1].p ? f->arg[1] : S(""), S(""), S("") };
	return problem_fill(a, text, arg);
}

struct str spec_fault_text(struct arena *a, const struct spec_fault *f, int language)
{
	const struct spec_text *t = &spec_codes[f->code];
	return fill(a, language == SPEC_EN ? t->en : t->zh, f);
}

struct str spec_fault_fix(struct arena *a, const struct spec_fault *f, int language)
{
	const struct spec_text *t = &spec_codes[f->code];
	return fill(a, language == SPEC_EN ? t->fix_en : t->fix_zh, f);
}

static struct value *both(struct arena *a, struct str zh, struct str en)
{
	struct value *v = value_object(a);
	value_put_str(a, v, "zh", zh);
	value_put_str(a, v, "en", en);
	return v;
}

static struct value *fault_value(struct arena *a, const struct spec_fault *f)
{
	const struct spec_text *t = &spec_codes[f->code];
	struct value *v = value_object(a);
	value_put_str(a, v, "pointer", f->pointer.p ? f->pointer : S(""));
	value_put_str(a, v, "place", f->place);
	value_put_c(a, v, "code", t->code);
	value_put(a, v, "rule", both(a, spec_fault_text(a, f, SPEC_ZH), spec_fault_text(a, f, SPEC_EN)));
	value_put_str(a, v, "law", str_c(t->law));
	value_put(a, v, "fix", both(a, spec_fault_fix(a, f, SPEC_ZH), spec_fault_fix(a, f, SPEC_EN)));
	return v;
}

struct value *spec_report_value(const struct spec_report *r, struct str file)
{
	static const char *const outcomes[] = { "good", "bad", "not-checked" };
	struct arena *a = r->arena;
	struct value *v = value_object(a);
	value_put_str(a, v, "file", file);
	value_put_str(a, v, "format", str_c(r->format));
	value_put_c(a, v, "verdict", spec_verdict(r));
	value_put_str(a, v, "number", r->number);
	struct value *hash = value_put_object(a, v, "core_hash");
	for (int s = 0; s < SPEC_SUITES; s++) {
		bool partial = r->partial || !r->core_bytes.p;
		value_put_str(a, hash, spec_suites[s], partial ? r->proof.hash[s] : spec_hash(a, s, r->core_bytes));
	}
	struct value *list = value_put_array(a, v, "faults");
	for (size_t i = 0; i < r->n_faults; i++)
		value_push(a, list, fault_value(a, &r->faults[i]));
	value_put_int(a, v, "more", (int64_t)r->more);
	list = value_put_array(a, v, "checks");
	for (size_t i = 0; i < r->n_checks; i++) {
		struct value *one = value_object(a);
		value_put_c(a, one, "what", r->checks[i].what);
		value_put_c(a, one, "outcome", outcomes[r->checks[i].outcome]);
		value_put_str(a, one, "detail", r->checks[i].detail);
		value_push(a, list, one);
	}
	return v;
}
