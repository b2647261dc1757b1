"""The C with which a compiled prediction takes and returns Python's own lists.

The functions of the interpreter are given by their addresses, so that no header of Python and no
library is needed. All of them belong to the stable ABI of Python 3.
"""

# The functions of the interpreter, in the order of the members of "python" below.
FUNCTIONS = (
    "PySequence_Tuple",
    "PyTuple_Size",
    "PyTuple_GetItem",
    "PyFloat_AsDouble",
    "PyErr_Occurred",
    "PyErr_BadArgument",
    "PyLong_AsVoidPtr",
    "PyList_New",
    "PyList_SetItem",
    "PyFloat_FromDouble",
    "Py_DecRef",
    "PyEval_SaveThread",
    "PyEval_RestoreThread",
    "PyObject_CallFunctionObjArgs",
)

# The parts of CPython's objects that C reads in place. See engines/native/lists.py.
OBJECTS = """\
struct net_float { ptrdiff_t references; const void *type; double value; };
struct net_list {
    ptrdiff_t references;
    const void *type;
    ptrdiff_t size;
    struct net_float **item;
};
struct net_tuple { ptrdiff_t references; const void *type; ptrdiff_t size; };
"""

LISTS = """\
/* ---- Python's lists ------------------------------------------------------------------------- */

static struct {{
    void *(*as_tuple)(void *sequence);
    ptrdiff_t (*size)(void *tuple);
    void *(*item)(void *tuple, ptrdiff_t place);
    double (*number)(void *object);
    void *(*error)(void);
    int (*refuse)(void);
    void *(*address)(void *integer);
    void *(*new_list)(ptrdiff_t size);
    int (*put)(void *list, ptrdiff_t place, void *object);
    void *(*new_float)(double number);
    void (*forget)(void *object);
    void *(*unlock)(void);
    void (*lock)(void *thread);
    void *(*call)(void *function, ...);
    /* The types of lists and of floats, if the interpreter keeps their objects as below; else 0. */
    const void *list_type, *float_type;
}} python;

{objects}
/* Takes the addresses of the functions. */
NET_API long long net_connect(const void *functions)
{{
    memcpy(&python, functions, sizeof python);
    return 0;
}}

/* Reads a list of floats in place. Returns 0 if it is anything else. */
static int net_read_floats(const struct net_list *list, double *row)
{{
    int fine = list->type == python.list_type && list->size == {inputs};
    for (int k = 0; fine && k < {inputs}; k++) {{
        const struct net_float *const number = list->item[k];
        fine = number->type == python.float_type;
        if (fine) {{ row[k] = number->value; }}
    }}
    return fine;
}}

/* Reads a row of numbers. Returns 0 after an error, for which Python has an exception. */
static int net_read_row(void *sequence, double *row)
{{
    if (python.list_type && net_read_floats(sequence, row)) {{ return 1; }}
    void *const numbers = python.as_tuple(sequence); /* It cannot change while it is read. */
    int fine = numbers && python.size(numbers) == {inputs};
    for (int k = 0; fine && k < {inputs}; k++) {{
        row[k] = python.number(python.item(numbers, k));
        fine = row[k] != -1.0 || !python.error();
    }}
    if (numbers) {{ python.forget(numbers); }}
    if (!fine && !python.error()) {{ python.refuse(); }}
    return fine;
}}

/* Returns the list, or 0 if Python has no memory for its numbers. */
static void *net_sound(void *list)
{{
    if (!list || !python.error()) {{ return list; }}
    python.forget(list);
    return 0;
}}

static void *net_list(const double *numbers)
{{
    void *const list = python.new_list({outputs});
    for (int k = 0; list && k < {outputs}; k++) {{
        python.put(list, k, python.new_float(numbers[k]));
    }}
    return net_sound(list);
}}

/* Predicts for a list of numbers. The weights are at the address that an integer holds. */
NET_API void *net_predict_list(void *weights, void *x)
{{
    {memory}
    double *const out = numbers + {inputs}, *const scratch = out + {outputs};
    void *found = 0;
    if (net_read_row(x, numbers)) {{
        if (!net_predict(1, numbers, python.address(weights), out, scratch)) {{
            found = net_list(out);
        }} else {{
            python.refuse();
        }}
    }}
    {end}return found;
}}

/* Predicts for a list of floats. For anything else, calls a Python function, the second item of a
 * tuple; the first item is the address of the weights, as an integer. */
NET_API void *net_predict_any(void *given, void *x)
{{
    {memory}
    double *const out = numbers + {inputs}, *const scratch = out + {outputs};
    void *found;
    if (python.list_type && net_read_floats(x, numbers)
        && !net_predict(1, numbers, python.address(python.item(given, 0)), out, scratch)) {{
        found = net_list(out);
    }} else {{
        found = python.call(python.item(given, 1), x, (void *)0);
    }}
    {end}return found;
}}

/* Predicts for a list of rows. Other threads of Python run meanwhile. */
NET_API void *net_predict_rows(void *weights, void *x)
{{
    void *const rows = python.as_tuple(x), *found = 0;
    if (!rows) {{ return 0; }}
    const ptrdiff_t count = python.size(rows);
    const size_t size = ({inputs} + {outputs}) * (size_t)count + {scratch} + 1;
    double *const numbers = malloc(sizeof(double) * size);
    ptrdiff_t n = 0;
    while (numbers && n < count && net_read_row(python.item(rows, n), numbers + {inputs} * n)) {{
        n++;
    }}
    if (numbers && n == count) {{
        double *const out = numbers + {inputs} * count, *const scratch = out + {outputs} * count;
        const double *const w = python.address(weights);
        void *const thread = python.unlock();
        const int wrong = (int)net_predict(count, numbers, w, out, scratch);
        python.lock(thread);
        found = wrong ? 0 : python.new_list(count);
        for (n = 0; found && n < count; n++) {{
            python.put(found, n, net_list(out + {outputs} * n));
        }}
        found = net_sound(found);
    }}
    if (!found && !python.error()) {{ python.refuse(); }}
    free(numbers);
    python.forget(rows);
    return found;
}}
"""
ON_STACK = "double numbers[{size}];"
ON_HEAP = """\
double *const numbers = malloc(sizeof(double) * {size});
    if (!numbers) {{ python.refuse(); return 0; }}"""
MOST_ON_STACK = 2048  # numbers; the stack of a thread may be small


def lists(inputs: int, outputs: int, scratch: int) -> str:
    """Return the functions for a network with this many inputs and outputs.

    ``scratch``   the length of the working array of the prediction
    """
    size = inputs + outputs + scratch
    memory, end = (ON_STACK, "") if size <= MOST_ON_STACK else (ON_HEAP, "free(numbers);\n    ")
    return LISTS.format(
        objects=OBJECTS,
        inputs=inputs,
        outputs=outputs,
        scratch=scratch,
        memory=memory.format(size=size),
        end=end,
    )
