/* /openapi.json (OpenAPI 3.1), made from the operation tables: nothing is written twice. */
#ifndef KERNEL_OPENAPI_H
#define KERNEL_OPENAPI_H
#include "kernel/operation/operation.h"

op_run openapi_document;
#endif
