"""The C that reads and copies the data of a training run.

The types and functions of the interpreter are given by their addresses, as in native_lists.py.
"""

from .native_lists import OBJECTS

# The types and functions of the interpreter, in the order of the members of "python" below.
TYPES = (list, tuple, float, int, bool)
FUNCTIONS = ("PyLong_AsDouble", "PyErr_Occurred", "PyErr_Clear")

SOURCE = """\
#include <math.h>
#include <stddef.h>
#include <string.h>
#ifdef _WIN32
#define NET_API __declspec(dllexport)
#else
#define NET_API
#endif

/* ---- Python's lists ------------------------------------------------------------------------- */

static struct {
    const void *list_type, *tuple_type, *float_type, *int_type, *bool_type;
    double (*from_int)(const void *object);
    void *(*error)(void);
    void (*clear_error)(void);
    size_t start_of_tuple; /* how many bytes are before its items */
} python;

/* Takes the addresses of types and functions, and the start of tuples. */
NET_API long long net_connect(const void *addresses)
{
    memcpy(&python, addresses, sizeof python);
    return 0;
}

OBJECTS
/* Returns the items of a list or tuple of this size, or 0. */
static struct net_float *const *net_items(const void *row, long long size)
{
    const struct net_list *const list = row;
    const struct net_tuple *const tuple = row;
    if (list->type == python.list_type && list->size == size) { return list->item; }
    if (tuple->type != python.tuple_type || tuple->size != size) { return 0; }
    return (struct net_float *const *)((const char *)row + python.start_of_tuple);
}

/* Returns the value of a float, or of an int that a double represents exactly; else NaN. */
static double net_number(const struct net_float *object)
{
    if (object->type == python.float_type) { return object->value; }
    if (object->type != python.int_type && object->type != python.bool_type) { return NAN; }
    const double value = python.from_int(object);
    if (value == -1.0 && python.error()) { python.clear_error(); return NAN; }
    return -0x1p53 < value && value < 0x1p53 ? value : NAN;
}

/* Reads rows of finite numbers; if the width is 1, a row may be a plain number. Returns the number
 * of leading rows that are as expected. The caller holds the lock of the interpreter. */
NET_API long long net_read(long long count, long long width, const void *rows, double *out)
{
    struct net_float *const *const row = net_items(rows, count);
    for (long long i = 0; i < count; i++) {
        struct net_float *const *item = net_items(row[i], width);
        if (!item && width == 1) { item = row + i; }
        for (long long j = 0; j < width; j++) {
            const double x = item ? net_number(item[j]) : NAN;
            if (!(x - x == 0.0)) { return i; }
            *out++ = x;
        }
    }
    return count;
}

/* ---- arrays --------------------------------------------------------------------------------- */

/* Returns the number of leading numbers that are finite. */
NET_API long long net_finite(long long count, const double *numbers)
{
    for (long long k = 0; k < count; k++) {
        if (!(numbers[k] - numbers[k] == 0.0)) { return k; }
    }
    return count;
}

/* Copies these rows. */
NET_API long long net_copy(long long rows, long long width, const long long *places,
    const double *numbers, double *out)
{
    for (long long i = 0; i < rows; i++) {
        memcpy(out + width * i, numbers + width * places[i], (size_t)width * sizeof *out);
    }
    return rows;
}

/* Looks up the bytes of these rows in a table. */
NET_API long long net_look_up(long long rows, long long width, const long long *places,
    const unsigned char *bytes, const double *table, double *out)
{
    for (long long i = 0; i < rows; i++) {
        const unsigned char *const row = bytes + width * places[i];
        for (long long j = 0; j < width; j++) { *out++ = table[row[j]]; }
    }
    return rows;
}
""".replace("OBJECTS", OBJECTS)
