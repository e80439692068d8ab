/* safi.h -- everything a plugin needs: one header, no library to link.
 *
 * A plugin is a shared object that exports one function, safi_plugin_entry().  It returns a
 * constant description; nothing runs until the host calls open() and create().
 *
 * Threads   [main]    the host's main thread, before the first or after the last record
 *           [reader]  the main thread, between these: the one that reads input, in input order
 *           [worker]  any thread, but never two at once for the same instance or the same record;
 *                     from one record to the next it may be another
 *           [writer]  the one thread that writes output, in record order
 *           [any]     any thread, at any time, concurrently
 *           They may all be one (safi run -j1), and what comes out must be the same.
 *           A function for [worker] may also be called where the host hands out a record on
 *           another thread: in next() [reader] and in put() [writer].
 *
 * Memory    Whatever the host hands out is the host's.  What is read from a record stays valid,
 *           and never changes, until process() returns; of a held record, until its release().
 *           What is given to the host is copied.  Nobody frees what the other side allocated.
 *           Of held records, those beyond limits.held lie in a file that is mapped: they stay
 *           where they are, but to look at very many of them again is as slow as a disk.
 *           Behind every text and every raw bytes handed out, SAFI_PADDING further bytes may be
 *           read (not written); their values mean nothing.  So a scan may run in whole vectors.
 *
 * Errors    A put, an add or an alloc that fails returns false, 0 or NULL, and marks the record:
 *           whatever process() then returns, the record has failed, with the first such reason.
 *           So a stage may put ten fields and check none.
 *
 * Growth    safi_text, safi_bytes, safi_span, safi_source and safi_change are values: they never
 *           change.  Every other struct begins with its own size; new members go at the end; a
 *           member marked "since 1.N" may be used only after SAFI_HAS(ptr, member).  The host
 *           never copies a plugin's struct and never reads past its size.
 *
 * Manners   A plugin does not write to stdout or stderr, exit, abort, fork, chdir, setlocale or
 *           touch signal dispositions; it logs and fails through the host.
 */
#ifndef SAFI_H
#define SAFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SAFI_ABI_MAJOR 1
#define SAFI_ABI_MINOR 0

/* The minor version this plugin cannot live without.  Define it before including this header, and
 * only when a newer member is indispensable: 0 loads everywhere. */
#ifndef SAFI_NEED_MINOR
#define SAFI_NEED_MINOR 0
#endif

/* Whether the struct at p, made by the other side, is new enough to have the member. */
#define SAFI_HAS(p, member) \
	((p)->size >= (size_t)((const char *)(&(p)->member + 1) - (const char *)(p)))

#define SAFI_EXPORT __attribute__((visibility("default")))

#define SAFI_PADDING 64

/* --- values ----------------------------------------------------------------------------------- */

typedef struct safi_text { const char *ptr; size_t len; } safi_text;  /* UTF-8, not 0-terminated */
typedef struct safi_bytes { const uint8_t *ptr; size_t len; } safi_bytes; /* any bytes */
typedef struct safi_span { uint32_t begin, end; } safi_span;          /* bytes, [begin, end) */

typedef uint32_t safi_key;   /* a name; 0 is no name */
typedef uint32_t safi_view;  /* an immutable text of a record; 0 is no view */
#define SAFI_RAW ((safi_view)UINT32_MAX) /* the original bytes, any encoding */
typedef uint32_t safi_note;  /* a standoff annotation on a view; 0 is the record itself */

typedef int32_t safi_status;
enum {
	SAFI_KEEP = 0,   /* pass the record on */
	SAFI_DROP = 1,   /* leave it out on purpose: counted, with a reason, not an error */
	SAFI_FAIL = 2,   /* this record cannot be processed: it goes to the dead letters */
	SAFI_FATAL = 3,  /* no record can be processed: the run stops */
	SAFI_END = 4,    /* next() only: this input has no further record */
	SAFI_HOLD = 5    /* SAFI_HOLDS stages: kept back until release() */
};

/* One rewrite: `taken` bytes at `from` of the parent became `put` bytes.  Ascending, none
 * overlapping; what lies between two changes is equal byte for byte.  Taken 0 is an insertion,
 * put 0 a deletion.  Make them small: a change is the unit in which a place can be told. */
typedef struct safi_change { uint32_t from, taken, put; } safi_change;

/* Where a text came from.  Replaying the recorded changes over raw bytes [begin, end),
 * insertions at both edges included, gives the text exactly, after `skip` bytes at the front and
 * `rest` bytes at the back of the replay are left out.  Both are 0 unless the text begins or
 * ends inside a change, or beside an insertion that is not part of it.  [begin, end) is the
 * smallest such range. */
typedef struct safi_source { uint32_t begin, end, skip, rest; } safi_source;

typedef int32_t safi_put;
enum {
	SAFI_REPLACE = 0, /* the field's values so far go; it keeps its place in the order */
	SAFI_APPEND = 1,  /* one more value; of the type of those before, else the put fails; a json
	                     value is one and cannot be added to */
	SAFI_REPEAT = 2   /* a further field of the same name, as JSON permits: the last one is the
	                     one that is found by name, the earlier ones keep their place and are
	                     seen only in keys(), each under a key of its own */
};

enum { SAFI_TEXT = 1, SAFI_INT, SAFI_REAL, SAFI_BOOL, SAFI_LIST, SAFI_PATH, SAFI_SIZE,
       SAFI_JSON };

enum { SAFI_LOG_ERROR = 1, SAFI_LOG_WARNING, SAFI_LOG_INFO, SAFI_LOG_DEBUG };

/* For `i` of get_json(): the whole value, not one element of it. */
#define SAFI_WHOLE UINT32_MAX

typedef struct safi_record safi_record;  /* opaque */
typedef struct safi_config safi_config;  /* opaque: the options of one stage, already checked */
typedef struct safi_input safi_input;    /* opaque: the file, stream or pipe being read */
typedef struct safi_output safi_output;  /* opaque: where a writer writes */

/* A literal or other 0-terminated string as a text. */
static inline safi_text safi_str(const char *s)
{
	safi_text text = { s, strlen(s) };
	return text;
}

/* --- what the host offers --------------------------------------------------------------------- */

typedef struct safi_host {
	uint32_t size;
	uint16_t abi_major, abi_minor;

	/* Interns a name of the plugin's own.  In open() and create() only.  0 if it is not UTF-8 or
	 * has more than 255 bytes: then create() should return NULL. */
	safi_key (*key)(const char *name);                                               /* [main] */

	/* Fields: a flat map from name to a short list of values of one type, in order of first put.
	 * A note of 0 means the record's own fields, else the features of that note.
	 *
	 * json is one valid JSON value, kept to the byte: what a reader does not understand passes
	 * through unchanged.  It reads like what it holds: a string as text, a number as int (if it
	 * is written as one and fits 64 bits) and real (if a double can hold it), true and false as
	 * bool, an array as the list of its elements, null as nothing.  So a stage need not know if a
	 * value was put by a stage or came in.  get_text() on a text with escapes decodes it, once.
	 *
	 * count() is the number of values, 0 when absent.  A getter is false when there is no such
	 * value or it is of another type; the target is then untouched.  get_real() takes ints too.
	 * get_json() gives any value as JSON: as it came, or rendered; i may be SAFI_WHOLE. */
	uint32_t (*count)(const safi_record *, safi_note, safi_key);                     /* [worker] */
	bool (*get_text)(const safi_record *, safi_note, safi_key, uint32_t i, safi_text *);
	bool (*get_int)(const safi_record *, safi_note, safi_key, uint32_t i, int64_t *);
	bool (*get_real)(const safi_record *, safi_note, safi_key, uint32_t i, double *);
	bool (*get_bool)(const safi_record *, safi_note, safi_key, uint32_t i, bool *);
	bool (*get_json)(const safi_record *, safi_note, safi_key, uint32_t i, safi_text *);

	/* put_text() fails on what is not UTF-8, put_real() on infinity and NaN, put_json() on what is
	 * not one valid JSON value.  A json value that lies within raw() is taken on the reader's word
	 * and is not copied. */
	bool (*put_text)(safi_record *, safi_note, safi_key, safi_text, safi_put);       /* [worker] */
	bool (*put_int)(safi_record *, safi_note, safi_key, int64_t, safi_put);
	bool (*put_real)(safi_record *, safi_note, safi_key, double, safi_put);
	bool (*put_bool)(safi_record *, safi_note, safi_key, bool, safi_put);
	bool (*put_json)(safi_record *, safi_note, safi_key, safi_text, safi_put);
	void (*erase)(safi_record *, safi_note, safi_key);

	/* Where a field's value stands in a view: set by the stage that took it from there, gone when
	 * the field is put anew.  For a value that a reader found in the record's bytes the view is
	 * SAFI_RAW and the span the value's exact bytes: a writer of the same format may then write
	 * the field as it came. */
	bool (*put_place)(safi_record *, safi_note, safi_key, safi_view, safi_span);     /* [worker] */
	bool (*get_place)(const safi_record *, safi_note, safi_key, safi_view *, safi_span *);

	/* What is there: in order of first put, but of a note first what stands in columns.
	 * type() is SAFI_TEXT ... SAFI_JSON, 0 when absent. */
	uint32_t (*keys)(const safi_record *, safi_note, const safi_key **);             /* [worker] */
	int32_t (*type)(const safi_record *, safi_note, safi_key);
	/* Of an interned key the record may be NULL. */
	safi_text (*key_name)(const safi_record *, safi_key);
	/* The key of a name met in the data: the interned one if a plugin interned that name, else one
	 * valid for this record only, so that hostile input cannot grow the process. */
	safi_key (*name)(safi_record *, safi_text);

	/* Views: texts that never change once added, so that spans stay true.  text() is the newest;
	 * view() the newest of that name; 0 when there is none.  A reader adds the first ("page"),
	 * with parent SAFI_RAW; what rewrites a text adds another and the old one stays. */
	safi_view (*text)(const safi_record *);                                          /* [worker] */
	safi_view (*view)(const safi_record *, safi_key name);
	uint32_t (*views)(const safi_record *, const safi_view **);
	safi_key (*view_name)(const safi_record *, safi_view);
	safi_text (*view_text)(const safi_record *, safi_view);
	/* The smallest span of `to` that covers `from`; false when nothing of it is left there.
	 * Between a view and SAFI_RAW the way is composed, as in source(); between two views it goes
	 * step by step, so what was inserted inside an older change has no place above that change. */
	bool (*view_map)(const safi_record *, safi_view from, safi_span, safi_view to, safi_span *);
	/* Where the text of a span came from in the raw bytes; false if there is no such span. */
	bool (*source)(const safi_record *, safi_view, safi_span, safi_source *);
	/* The parent of a view and what changed from it, as it was added.  Returns the number. */
	uint32_t (*view_changes)(const safi_record *, safi_view, safi_view *parent,
	                         const safi_change **);
	/* Memory for a text that is about to be added: what lies in it is adopted, not copied.  Only
	 * the newest room is good. */
	char *(*room)(safi_record *, size_t capacity);                                   /* [worker] */
	/* A new text, whole, with what changed.  The host checks that the changes are in order, add up,
	 * and that all between them is equal, and that the text is UTF-8: else the record fails.
	 * n 0 and the parent's name: returns the parent.  n 0 and another name: shares its text.  A
	 * text of the raw bytes that changed nothing is not copied. */
	safi_view (*view_add)(safi_record *, safi_key name, safi_view parent, safi_text,
	                      const safi_change *, uint32_t n);                          /* [worker] */
	/* The field that a view's text was read from: set by a reader that takes records apart into
	 * fields, so that a writer puts the newest text back into it.  0: none.  It stays what it was;
	 * whether the field still is as it came, its place in SAFI_RAW tells. */
	void (*set_text_field)(safi_record *, safi_view, safi_key);                      /* [worker] */
	safi_key (*text_field)(const safi_record *, safi_view);

	/* Notes of a type as they lie in view `in`, whichever view they were made on: by begin
	 * ascending, end descending, then as added; without those of which nothing is left there.  In
	 * view 0: all of them, each where it was made, those on SAFI_RAW first, then view by view.  A
	 * snapshot: valid until process() returns, whatever is added or removed. */
	uint32_t (*notes)(const safi_record *, safi_key type, safi_view in,
	                  const safi_note **, const safi_span **);                       /* [worker] */
	uint32_t (*note_types)(const safi_record *, const safi_key **);
	bool (*note_span)(const safi_record *, safi_note, safi_view in, safi_span *);
	safi_view (*note_view)(const safi_record *, safi_note);  /* the one it was made on */
	/* Returns the first of n notes with consecutive numbers.  Spans must lie within the view. */
	safi_note (*notes_add)(safi_record *, safi_view, safi_key type, const safi_span *, uint32_t n);
	void (*note_remove)(safi_record *, safi_note);
	/* Columns: one feature of n notes that one notes_add() made, values[i] for first + i, in one
	 * call and one array; none of them may have it already.  For types with very many members.
	 * The getters above read them too; these read n of them at once, and leave values[i] as it is
	 * where there is none. */
	bool (*put_texts)(safi_record *, safi_note first, uint32_t n, safi_key, const safi_text *);
	bool (*put_ints)(safi_record *, safi_note first, uint32_t n, safi_key, const int64_t *);
	bool (*put_reals)(safi_record *, safi_note first, uint32_t n, safi_key, const double *);
	bool (*put_bools)(safi_record *, safi_note first, uint32_t n, safi_key, const bool *);
	void (*get_texts)(const safi_record *, const safi_note *, uint32_t n, safi_key, safi_text *);
	void (*get_ints)(const safi_record *, const safi_note *, uint32_t n, safi_key, int64_t *);
	void (*get_reals)(const safi_record *, const safi_note *, uint32_t n, safi_key, double *);
	void (*get_bools)(const safi_record *, const safi_note *, uint32_t n, safi_key, bool *);

	/* Memory that lives as long as the record, aligned to 16 bytes, not cleared. */
	void *(*alloc)(safi_record *, size_t);                                           /* [worker] */

	/* A further record, ordered after this one and before the next, with this one's raw bytes and
	 * origin, and nothing else.  submit() hands it on to the stages that follow, and ends its use
	 * here.  Only for SAFI_SPLITS: in process(), and in finish() of ordered stages. */
	safi_record *(*emit)(safi_record *);                                             /* [worker] */
	void (*submit)(safi_record *);
	/* Lets go of a held record, from process() or finish() of the instance that held it.  Records
	 * leave in the order of release; in process(), before the record in hand. */
	void (*release)(safi_record *, safi_status);                                     /* [worker] */

	/* Says why, and returns SAFI_FAIL or SAFI_DROP: return host->fail(r, "no-title", "...").
	 * The code is a stable identifier that is counted; the message is for people.  fail_at() also
	 * says where: the host adds the offset in the original bytes. */
	safi_status (*fail)(safi_record *, const char *code, const char *message);       /* [worker] */
	safi_status (*drop)(safi_record *, const char *code, const char *message);       /* [worker] */
	safi_status (*fail_at)(safi_record *, safi_view, safi_span, const char *code,
	                       const char *message);                                     /* [worker] */
	safi_status (*fatal)(const safi_config *, const char *code, const char *message); /* [any] */

	/* Readers: the bytes of the input, decompressed, in order; valid until next() returns.  Each
	 * returns a status: SAFI_KEEP, or one that next() returns as it is: SAFI_END (nothing left),
	 * SAFI_FAIL (longer than limits.record: the rest of it is skipped), SAFI_FATAL (I/O error).
	 * Blank lines read before anything else make no record too long: when there are more of them
	 * than limits.record, they are forgotten, with what was handed out of them.
	 * read_bytes() gives fewer than `want` only at the end, peek() also at limits.record. */
	safi_status (*read_line)(safi_input *, safi_bytes *);   /* without its LF */      /* [reader] */
	safi_status (*read_bytes)(safi_input *, size_t want, safi_bytes *);               /* [reader] */
	/* To the end of this file; of an empty one, its no bytes, once. */
	safi_status (*read_rest)(safi_input *, safi_bytes *);
	safi_status (*peek)(safi_input *, size_t want, safi_bytes *);  /* and does not take them */
	safi_bytes (*taken)(const safi_input *);  /* all that this next() read, in one piece */
	safi_text (*input_name)(const safi_input *);  /* the path as given, or "stdin" */
	uint64_t (*input_offset)(const safi_input *);  /* of the next byte, in the decompressed input */

	/* The bytes a record came from, kept for provenance and for the dead letter.  Bytes of the
	 * last read, or of taken(), are pinned, not copied, and give the origin; others are copied. */
	void (*set_raw)(safi_record *, safi_bytes);                                      /* [reader] */
	void (*set_origin)(safi_record *, safi_text name, uint64_t begin, uint64_t end); /* [reader] */
	safi_bytes (*raw)(const safi_record *);                                          /* [worker] */
	bool (*origin)(const safi_record *, safi_text *name, uint64_t *begin, uint64_t *end);

	/* Writers: bytes for the output, in the order of the records whatever the thread. */
	void (*write)(safi_record *, safi_bytes);                                        /* [worker] */
	/* The text as a JSON string, in quotation marks; the host's one escape loop is fast. */
	void (*write_json)(safi_record *, safi_text);                                    /* [worker] */
	/* Bytes straight to the output: in begin(), put() and sync().  False: the run will stop. */
	bool (*output)(safi_output *, safi_bytes);                                       /* [writer] */
	/* SAFI_OWN_FILE: the file to make or open.  It gets its final name when the run went well. */
	safi_text (*output_path)(const safi_output *);  /* 0-terminated */               /* [writer] */

	/* Options, checked and with defaults.  Asking for an undeclared name refuses the stage.
	 * Texts and paths are 0-terminated; a path is relative to the pipeline file no longer.  An
	 * option that was not given and has no default: {NULL, 0}, 0, false. */
	safi_text (*opt_text)(const safi_config *, const char *name);                    /* [main] */
	int64_t (*opt_int)(const safi_config *, const char *name);
	double (*opt_real)(const safi_config *, const char *name);
	bool (*opt_bool)(const safi_config *, const char *name);
	bool (*opt_item)(const safi_config *, const char *name, uint32_t i, safi_text *);
	bool (*opt_given)(const safi_config *, const char *name);  /* not just by default */

	/* Says why open() or create() is about to return NULL; the host adds the option's
	 * file:line:column.  option may be NULL. */
	void (*refuse)(const safi_config *, const char *option, const char *message);    /* [main] */

	/* A file beside the plugin, or the one a SAFI_PATH option names (then name is the option's):
	 * mapped read-only once for all instances, valid until close(), part of the run's
	 * fingerprint.  False: refused already, with the reason. */
	bool (*data)(const safi_config *, const char *name, safi_bytes *);               /* [main] */

	void (*log)(const safi_config *, const safi_record *, int32_t level,
	            const char *message);                                                /* [any] */
	void (*tally)(safi_record *, const char *counter, int64_t by);                   /* [worker] */

	/* How many of the first bytes are whole, valid UTF-8 characters: len if all are. */
	size_t (*utf8)(safi_bytes);                                                      /* [any] */

	/* Anything optional, by name and revision: "safi.state/1".  NULL when absent. */
	const void *(*extension)(const char *id);                                        /* [any] */
} safi_host;

/* --- what a plugin describes ------------------------------------------------------------------ */

enum { SAFI_REQUIRED = 1u << 0, SAFI_DEPRECATED = 1u << 1, SAFI_SECRET = 1u << 2,
       SAFI_NAMES_READ = 1u << 3,      /* its value (each item) is a field name: joins `reads` */
       SAFI_NAMES_WRITTEN = 1u << 4 }; /* ... or `writes` */

typedef struct safi_option {
	uint32_t size;
	uint32_t type, flags, reserved;      /* SAFI_TEXT ... SAFI_SIZE; reserved: 0 */
	/* fallback: the default as it would be written in the pipeline; a list with commas.  NULL:
	 * none. example: a value worth copying; NULL: the default will do. */
	const char *name, *fallback, *doc, *example;
	int64_t min, max;                    /* of a number, a size, a list's length; both 0: any */
	const char *const *choices;          /* NULL-terminated, or NULL; of a list: of each item */
} safi_option;

enum { SAFI_READS = 1, SAFI_CHANGES, SAFI_WRITES };  /* what a stage is for: first, between, last */

enum {
	SAFI_PARALLEL = 1u << 0,  /* one instance per worker; no memory between records.
	                             Without it: one instance, in input order. */
	SAFI_SPLITS = 1u << 1,    /* may emit() */
	SAFI_HOLDS = 1u << 2,     /* ordered, may return SAFI_HOLD */
	SAFI_NO_INPUT = 1u << 3,  /* a reader that opens its own source: next() gets NULL */
	SAFI_OWN_FILE = 1u << 4   /* a writer that opens output_path() itself: never stdout */
};

typedef struct safi_stage {
	uint32_t size;
	uint32_t role, flags, reserved;      /* SAFI_READS ... SAFI_WRITES; reserved: 0 */
	const char *name, *summary;          /* a-z, 0-9 and -; one sentence */
	const safi_option *const *options;   /* arrays of POINTERS, NULL-terminated: they may grow */
	/* "field:title", "view:text", "note:sentence"; "field:*": names that the data decide.  Behind a
	 * name in reads, `?` says that the stage also works without. */
	const char *const *reads, *const *writes;

	/* The model of one step of the pipeline, once for all its instances, which share it read-only.
	 * May be NULL.  A NULL result refuses the stage if refuse() was called; else the model is just
	 * NULL.  Several steps share what they map with data().  The config stays valid until close()
	 * and destroy(). */
	void *(*open)(const safi_host *, const safi_config *);                           /* [main] */
	/* An instance.  May be NULL: self is then NULL.  A NULL result refuses the stage. */
	void *(*create)(const safi_host *, const safi_config *, const void *model);      /* [main] */
	/* Readers: finds the next record's bytes, says so with set_raw(), and leaves the rest to
	 * process().  SAFI_END when the input is at its end.  One instance of its own: what process()
	 * should know of it goes onto the record.  A run that goes on from a checkpoint calls it again
	 * for the records that were read of the input it was at, and for none of the inputs before: it
	 * must find the same ones, know nothing from other inputs, and have no effect outside. */
	safi_status (*next)(void *self, safi_input *, safi_record *);                    /* [reader] */
	/* May be NULL only in a writer that has put(). */
	safi_status (*process)(void *self, safi_record *);                               /* [worker] */
	/* After the last record, stage by stage: what it lets go or makes passes the stages behind it
	 * before they finish.  tail carries emit() of ordered stages; NULL if parallel.  Not called
	 * where a run ends early, to go on from its checkpoint. */
	safi_status (*finish)(void *self, safi_record *tail);                            /* [worker] */
	void (*destroy)(void *self);                                                     /* [main] */
	void (*close)(void *model);                                                      /* [main] */
	/* Writers: one instance more, whose functions are called in this order: begin, put for each
	 * record in order, sync (make durable: at each checkpoint and last), or abort instead.  Each
	 * may be NULL.  No put: the host writes what process() rendered.  SAFI_FAIL from put: this
	 * record is a dead letter and nothing of it is in the output.  Where a run goes on from a
	 * checkpoint, what begin() gives to output() is there already and goes nowhere. */
	safi_status (*begin)(void *self, safi_output *);                                 /* [writer] */
	safi_status (*put)(void *self, safi_output *, safi_record *, safi_bytes rendered);
	safi_status (*sync)(void *self, safi_output *);
	void (*abort)(void *self, safi_output *);
	/* Anything optional, by name and revision: "safi.state/1" -> const safi_state *. */
	const void *(*extension)(const char *id);                                        /* [any] */
} safi_stage;

/* "safi.state/1": what a checkpoint must keep of an instance with a memory: that of an ordered
 * stage, or the one whose put() is called.  save() is called after sync(), when all that was read
 * is through the chain and delivered, nothing is held, and no other function of the chain runs.
 * Its pieces come back as one: load() gets them after create(), and before begin() and all records.
 * They come from a file: believe nothing.  False: the run cannot go on. */
typedef struct safi_state {
	uint32_t size, revision;
	bool (*save)(void *self, bool (*put)(void *to, safi_bytes), void *to);           /* [worker] */
	bool (*load)(void *self, safi_bytes);                                            /* [main] */
} safi_state;

typedef struct safi_plugin {
	uint32_t size;
	uint16_t abi_major, abi_minor;       /* SAFI_ABI_MAJOR, SAFI_NEED_MINOR */
	const char *id, *version, *license;
	const safi_stage *const *stages;     /* pointers, NULL-terminated */
} safi_plugin;

/* The one symbol.  May be called at any time and any number of times; has no effects.    [any] */
SAFI_EXPORT const safi_plugin *safi_plugin_entry(void);

#ifdef __cplusplus
}
#endif
#endif
