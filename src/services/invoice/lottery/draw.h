/* The draw of the invoice lottery (有奖发票): anyone can compute it again (domain/invoice.md §8.6). No I/O.
 * Before the draw the hash of a secret is published; the public value (a drand round, numbers of a public lottery) is
 * not known then. So neither the bureau nor anyone else can choose the winners. */
#ifndef LOTTERY_DRAW_H
#define LOTTERY_DRAW_H
#include "base/money.h"

struct draw {
	struct str secret;       /* 32 bytes, published after the draw */
	struct str public_value; /* bytes */
	struct str draw_id;
};
void draw_commitment(struct str secret, unsigned char out[32]);
void draw_seed(const struct draw *d, unsigned char out[32]);
/* The first n_winners of the entries in ascending HMAC-SHA256(seed, entry); the next ones are the reserves.
 * Returns how many there are: at most n_entries. */
size_t draw_winners(struct arena *a, const unsigned char seed[32], const struct str *entries, size_t n_entries,
        struct str *winners, size_t n_winners);

/* The instant draw of one entry: a slot 0 … slots-1 from HMAC-SHA256(secret, "draw_id|number|counter|public in hex"), counter 0, 1, …
 * until its first 8 bytes are below the largest multiple of slots, so that all slots are equally likely. *counter: the last;
 * r: its HMAC. */
int64_t draw_slot(const struct draw *d, struct str number, int64_t slots, int64_t *counter, unsigned char r[32]);

/* --- public files of a draw --- */

/* Lines of tickets.txt, in the order in which they came; each is a leaf of the Merkle tree (RFC 6962) without its line end:
 *   "+ NUMBER"                     a ticket of a periodic draw
 *   "+ NUMBER BAND DRAWN PAID"     an entry of an instant draw: table by BAND, prize drawn, prize the pool could pay
 *   "- NUMBER REASON"              void, whether it stood there before or not */
struct draw_line {
	struct str number, reason; /* reason: STR_NONE on a ticket */
	struct money band, drawn, paid;
	bool instant;
};
enum { DRAW_NUMBER = 20, DRAW_LINE_MAX = 100, DRAW_REASON_MAX = 40 };
bool draw_line_read(struct str line, struct draw_line *out);
struct str draw_line_write(struct arena *a, const struct draw_line *l);

/* Root over the lines of a text, and the first `most` tickets in the order of the seed, void ones left out. With threads.
 * False: the text is broken (*line: where, from 1) or a ticket stands twice among them. */
struct draw_sorted {
	int64_t lines;              /* leaves */
	struct str *winners;        /* numbers, in the text */
	size_t n;
	unsigned char root[32];
	int64_t line;
};
bool draw_sort(struct arena *a, struct str text, const unsigned char seed[32], size_t most, unsigned threads,
        struct draw_sorted *out);

/* A beacon as it is published: {"chain","round","signature","randomness"} in drand's format, or two public numbers that two
 * officers typed, {"first","second","randomness"}. */
struct draw_beacon {
	struct str chain, signature, first, second; /* hex; the numbers as typed */
	int64_t round;
	unsigned char randomness[32];
	bool numbers;
};
enum draw_beacon_fault { BEACON_GOOD, BEACON_MALFORMED, BEACON_RANDOMNESS /* is not SHA-256 of the signature or the numbers */ };
enum draw_beacon_fault draw_beacon_read(struct arena *a, struct str text, struct draw_beacon *out);
struct str draw_beacon_write(struct arena *a, const struct draw_beacon *b);
void draw_numbers_randomness(struct str first, struct str second, unsigned char out[32]);
/* drand: the round of a time; chains that we know. */
struct draw_chain {
	const char *hash, *name;
	int64_t genesis, period; /* seconds */
};
extern const struct draw_chain draw_chains[];
const struct draw_chain *draw_chain_find(struct str hash);
int64_t draw_round_at(const struct draw_chain *k, int64_t unix_seconds); /* the first that is published then or later */
int64_t draw_round_time(const struct draw_chain *k, int64_t round);

/* All public files of one draw, checked in order. */
struct draw_files {
	struct str rules, commitment, tickets, root, secret, beacon, winners;
};
enum draw_part { DRAW_GOOD, DRAW_RULES, DRAW_COMMITMENT, DRAW_SECRET, DRAW_BEACON, DRAW_TICKETS, DRAW_ROOT, DRAW_WINNERS };
extern const char *const draw_part_names[];
struct draw_verdict {
	enum draw_part part; /* DRAW_GOOD: all agree */
	struct str why, draw;
	int64_t tickets, winners;
	struct money paid;
};
void draw_verify(struct arena *a, const struct draw_files *f, unsigned threads, struct draw_verdict *out);

/* Prize of an 8-digit number in the 頭獎 family of the Taiwan receipt lottery (統一發票), TWD: the longest common
 * ending counts. Used to prove our matching against a lottery that has run since 1951. */
int64_t draw_suffix_prize(const struct str *first_prizes, size_t n, struct str number);
#endif
