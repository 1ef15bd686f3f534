/* How each line came about. All but the values is known when the form is loaded: the JSON of a trace is a text with
 * holes, made once from the same tree that policy_trace answers. */
#include "kernel/policy/inner.h"
#include <string.h>

#define HOLE '\x7f' /* in the text: "HOLE and five digits" */
#define CELL 32     /* bytes of a rendered value, and the step of copying */

/* --- one value as JSON --- */

static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                            "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                            "8081828384858687888990919293949596979899";

static inline char *digits(char *end, uint64_t v)
{
	for (; v >= 100; v /= 100) {
		end -= 2;
		memcpy(end, pairs + v % 100 * 2, 2);
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, pairs + v * 2, 2);
	} else
		*--end = (char)('0' + v);
	return end;
}

/* Each is written to end at `end`; the answer is where it begins. */
static inline char *render_money(char *end, int64_t fen)
{
	uint64_t v = fen < 0 ? ~(uint64_t)fen + 1 : (uint64_t)fen, yuan = v / 100;
	memcpy(end - 4, ".00\"", 4);
	memcpy(end - 3, pairs + (v - yuan * 100) * 2, 2);
	char *p = digits(end - 4, yuan);
	if (fen < 0) *--p = '-';
	*--p = '"';
	return p;
}

static char *render_rate(char *end, int64_t ppm)
{
	uint64_t v = ppm < 0 ? ~(uint64_t)ppm + 1 : (uint64_t)ppm, part = v % 1000000;
	int places = 6;
	for (; places && part % 10 == 0; places--)
		part /= 10;
	*--end = '"';
	for (int i = 0; i < places; i++, part /= 10)
		*--end = (char)('0' + part % 10);
	if (places) *--end = '.';
	end = digits(end, v / 1000000);
	if (ppm < 0) *--end = '-';
	*--end = '"';
	return end;
}

static char *render(char *end, enum policy_unit unit, int64_t v)
{
	if (unit == POLICY_MONEY) return render_money(end, v);
	if (unit == POLICY_RATE) return render_rate(end, v);
	if (unit == POLICY_BOOL) return memcpy(end - (v ? 4 : 5), v ? "true" : "false", v ? 4 : 5);
	char *p = digits(end, v < 0 ? ~(uint64_t)v + 1 : (uint64_t)v);
	if (v < 0) *--p = '-';
	return p;
}

/* --- the tree --- */

static void put_value(struct arena *a, struct value *o, enum policy_unit unit, int64_t v)
{
	char text[CELL], *end = text + CELL;
	if (unit == POLICY_MONEY)
		value_put_money(a, o, "value", FEN(v));
	else if (unit == POLICY_RATE) {
		const char *p = render_rate(end, v) + 1; /* without the quotes */
		value_put_str(a, o, "value", str_dup(a, (struct str){ p, (size_t)(end - 1 - p) }));
	} else if (unit == POLICY_BOOL)
		value_put_bool(a, o, "value", v != 0);
	else
		value_put_int(a, o, "value", v);
}

/* Without values: a hole for this slot. */
static void put_slot(struct arena *a, struct value *o, const struct part *p, const int64_t *s)
{
	value_put_str(a, o, "id", p->id);
	value_put_str(a, o, "title", p->title);
	if (s)
		put_value(a, o, p->unit, s[p->slot]);
	else
		value_put_str(a, o, "value", str_printf(a, "%c%05d", HOLE, p->slot));
}

static void put_text(struct arena *a, struct value *o, const char *key, struct str s)
{
	if (s.n) value_put_str(a, o, key, s);
}

static struct value *parameter(struct arena *a, const struct used *u)
{
	struct value *o = value_object(a);
	value_put_str(a, o, "id", u->p->id);
	value_put_str(a, o, "title", u->p->title);
	if (u->p->unit != POLICY_TABLE) put_value(a, o, u->p->unit, u->v->value);
	value_put_str(a, o, "law", u->v->cite.law);
	put_text(a, o, "doc_no", u->v->cite.doc_no);
	put_text(a, o, "article", u->v->cite.article);
	value_put_bool(a, o, "verified", u->v->cite.verified);
	return o;
}

static struct value *line(const struct policy_form *f, const struct part *l, const int64_t *s, struct arena *a)
{
	struct value *o = value_object(a);
	put_slot(a, o, l, s);
	value_put_str(a, o, "formula", l->formula);
	struct value *uses = value_put_array(a, o, "uses"), *parameters = value_put_array(a, o, "parameters");
	for (unsigned i = 0; i < l->n_uses; i++) {
		unsigned n = l->uses[i];
		struct value *u = value_object(a);
		put_slot(a, u, n < f->n_inputs ? &f->inputs[n] : &f->lines[n - f->n_inputs], s);
		value_push(a, uses, u);
	}
	for (unsigned i = 0; i < l->n_parameters; i++)
		value_push(a, parameters, parameter(a, &f->used[l->parameters[i]]));
	return o;
}

struct value *policy_trace(const struct policy_form *f, const int64_t *values, struct arena *a)
{
	struct value *lines = value_array(a);
	for (unsigned i = 0; i < f->n_lines; i++)
		value_push(a, lines, line(f, &f->lines[i], values, a));
	return lines;
}

/* --- the text with holes --- */

static uint16_t cell_of(struct policy_form *f, uint16_t slot)
{
	for (unsigned i = 0; i < f->n_cells; i++)
		if (f->cells[i] == slot) return (uint16_t)i;
	f->cells[f->n_cells] = slot;
	return (uint16_t)f->n_cells++;
}

/* The slot of a hole; -1: the byte stands in somebody's title. */
static int64_t hole_slot(const struct policy_form *f, const char *p, const char *end)
{
	int64_t slot;
	if (end - p < 7 || p[-1] != '"' || p[6] != '"' || !str_to_int((struct str){ p + 1, 5 }, &slot)) return -1;
	return slot >= 0 && slot < f->n_slots ? slot : -1;
}

void policy_trace_prepare(struct policy_store *store, struct policy_form *f)
{
	struct arena *scratch = arena_new();
	struct buf b;
	buf_init(&b, scratch, 16384);
	value_write_json(&b, policy_trace(f, NULL, scratch));
	const char *p = b.p, *end = b.p + b.n, *q;
	size_t holes = 0, from = 0;
	for (q = p; q < end; q++)
		holes += *q == HOLE;
	f->pieces = arena_array(store->arena, holes + 1, sizeof *f->pieces);
	f->cells = arena_array(store->arena, holes + 1, sizeof *f->cells);
	struct buf text; /* the pieces one behind the other; room to copy in steps beyond the last */
	buf_init(&text, store->arena, b.n + CELL);
	for (q = p; q < end; q++) {
		int64_t slot = *q == HOLE ? hole_slot(f, q, end) : -1;
		if (slot < 0) continue;
		buf_add(&text, p, (size_t)(q - 1 - p));
		f->pieces[f->n_pieces++] =
		        (struct piece){ (uint32_t)from, (uint32_t)(text.n - from), cell_of(f, (uint16_t)slot) };
		from = text.n;
		p = q + 7;
		q = p - 1;
	}
	buf_add(&text, p, (size_t)(end - p));
	f->pieces[f->n_pieces] = (struct piece){ (uint32_t)from, (uint32_t)(text.n - from), 0 };
	f->text = buf_done(&text);
	arena_free(scratch);
}

/* In whole steps: it may write beyond n, into room that is there. */
static inline char *copy(char *to, const char *from, size_t n)
{
	for (size_t i = 0; i < n; i += CELL)
		memcpy(to + i, from + i, CELL);
	return to + n;
}

void policy_trace_json(const struct policy_form *f, const int64_t *values, struct buf *b)
{
	/* The values stand behind the text while it is made. */
	size_t most = f->text.n + (f->n_pieces + 2) * (size_t)CELL;
	char *begin = buf_room(b, most + (f->n_cells + 2) * (size_t)CELL), *to = begin, *cells = begin + most;
	uint8_t length[2 * PARTS_MAX] = { 0 };
	for (unsigned i = 0; i < f->n_cells; i++) {
		char *end = cells + (size_t)(i + 1) * CELL;
		length[i] = (uint8_t)(end - render(end, (enum policy_unit)f->unit[f->cells[i]], values[f->cells[i]]));
	}
	const char *text = f->text.p;
	const struct piece *p = f->pieces;
	for (const struct piece *end = p + f->n_pieces; p < end; p++) {
		to = copy(to, text + p->from, p->n);
		size_t n = length[p->cell];
		memcpy(to, cells + (size_t)(p->cell + 1) * CELL - n, CELL);
		to += n;
	}
	to = copy(to, text + p->from, p->n);
	b->n += (size_t)(to - begin);
	b->p[b->n] = '\0';
}
