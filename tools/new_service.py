#!/usr/bin/env python3
"""./dev new-service board/name: the skeleton of a service, which builds and passes the house checks as it is.

It answers one public operation, so that there is something to call; everything else is written in its place."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOARDS = ('foundation', 'social', 'tax', 'invoice', 'information', 'smart')

NAME_H = '''/* {name}: what other services may call (their .uses names {name}). */
#ifndef SERVICE_{NAME}_H
#define SERVICE_{NAME}_H
#include "kernel/ctx/ctx.h"

#endif
'''

NAME_C = '''/* {name}: see README.md. */
#include "kernel/operation/service.h"

static err_t about(struct ctx *c, const void *in, struct reply *out)
{{
	(void)in;
	out->value = value_object(c->arena);
	value_put_c(c->arena, out->value, "service", "{name}");
	return OK;
}}

static const struct operation operations[] = {{
	{{ .id = "{name}.about",
		.method = GET,
		.path = "/{name}/about",
		.who = PUBLIC,
		.run = about,
		.title = N_("关于"),
		.requirements = "{requirement}",
		.page_only = NULL }},
}};

const struct service {name}_service = {{
	.name = "{name}",
	.board = "{board}",
	.title = N_("关于"),
	.uses = "",
	.operations = operations,
	.n_operations = COUNT(operations),
}};
'''

README = '''# {name}

What it is for, in one sentence.

- Requirements: {requirement}
- Law: the articles it carries out
- Invariants: what holds at any moment, and where it is checked (`etaxd fsck`)
- Events: what it emits, what it listens to
'''

TEST_C = '''#include "kernel/operation/service.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

extern const struct service {name}_service;

/* The descriptor is in the registry, and every operation says who may call it and what it is called. */
static void descriptor(void **state)
{{
	(void)state;
	bool found = false;
	for (size_t i = 0; i < n_services; i++)
		found = found || services[i] == &{name}_service;
	assert_true(found);
	for (size_t i = 0; i < {name}_service.n_operations; i++) {{
		assert_non_null({name}_service.operations[i].title);
		assert_int_equal(strncmp({name}_service.operations[i].id, "{name}.", {length}), 0);
	}}
}}

int main(void)
{{
	const struct CMUnitTest tests[] = {{ cmocka_unit_test(descriptor) }};
	return cmocka_run_group_tests(tests, NULL, NULL);
}}
'''


PO = '''msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

msgid "关于"
msgstr "About"
'''


def main():
    m = re.fullmatch(r'([a-z]+)/([a-z][a-z0-9_]*)', sys.argv[1] if len(sys.argv) in (2, 3) else '')
    if not m or m.group(1) not in BOARDS:
        sys.exit(f'new-service BOARD/NAME [requirement id], BOARD one of: {" ".join(BOARDS)}; NAME: small letters')
    board, name = m.groups()
    requirement = sys.argv[2] if len(sys.argv) == 3 else 'G02'
    folder = ROOT / 'src/services' / board / name
    if any((ROOT / 'src/services').glob(f'*/{name}')):
        sys.exit(f'there is a service called {name} already')
    values = dict(name=name, NAME=name.upper(), board=board, requirement=requirement, length=len(name) + 1)
    pieces = {f'{name}.c': NAME_C, f'{name}.h': NAME_H, 'README.md': README, f'tests/{name}_test.c': TEST_C}
    for file, text in pieces.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text.format(**values))
    words = ROOT / f'i18n/en/{name}.po'
    words.write_text(PO)
    try:
        subprocess.run(['clang-format', '-i', str(folder / f'{name}.c'), str(folder / f'tests/{name}_test.c')], check=True)
    except FileNotFoundError:
        pass
    print('\n'.join(str((folder / p).relative_to(ROOT)) for p in pieces))
    print(words.relative_to(ROOT))
    print(f'next: ./dev build, then write the operations in {name}.c; queries.sql, schema/ and pages/ are found when they are there')


if __name__ == '__main__':
    main()
