#include "object.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANEW "; copy or build it anew"
#define LINK_IT "; link it with cc -shared"

/* What the dynamic section says stands in some dozen entries. */
#define MAX_DYNAMIC 1024

typedef struct File {
	int fd;
	guint64 size;
	unsigned char head[512]; /* the first bytes, */
	gsize n_head;            /* so many of them */
	ElfW(Ehdr) header;
} File;

/* This program's own header: what a file for the same machine has too.  The linker makes it. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static bool refuse(char **reason, const char *sentence)
{
	*reason = g_strdup(sentence);
	return false;
}

static bool refuse_short(const File *file, guint64 needed, char **reason)
{
	*reason = g_strdup_printf("is cut short: it has %" G_GUINT64_FORMAT " bytes of at least %"
	                          G_GUINT64_FORMAT ANEW, file->size, needed);
	return false;
}

/* As many of the bytes as there are. */
static gsize read_at(const File *file, guint64 offset, void *to, gsize len)
{
	gsize done = 0;

	while (done < len) {
		gssize n = pread(file->fd, (char *)to + done, len - done, (off_t)(offset + done));
		if (n == 0 || (n < 0 && errno != EINTR)) {
			break;
		}
		done += MAX(n, 0);
	}
	return done;
}

/* Where n entries end; what no file can hold ends at the last number there is. */
static guint64 end_of(guint64 offset, guint64 n, guint64 each)
{
	guint64 bytes, end;

	return g_uint64_checked_mul(&bytes, n, each) && g_uint64_checked_add(&end, offset, bytes)
	               ? end : G_MAXUINT64;
}

/* --- what is not ELF -------------------------------------------------------------------------- */

static bool is_text(const File *file)
{
	const char *text = (const char *)file->head;
	const char *end;

	for (gsize i = 0; i < file->n_head; i++) {
		if (g_ascii_iscntrl(text[i]) && strchr("\t\n\r\f", text[i]) == NULL) {
			return false;
		}
	}
	/* The last character may have been cut where the head ends. */
	return g_utf8_validate(text, (gssize)file->n_head, &end) ||
	       (file->n_head == sizeof file->head && text + file->n_head - end < 4);
}

static bool refuse_stranger(const File *file, char **reason)
{
	static const struct {
		const char *begin, *sentence;
	} kinds[] = {
		{ "#!", "is a script, not a shared object" },
		{ "!<arch>\n", "is an archive of object files (.a), not a shared object" LINK_IT },
		{ "!<thin>\n", "is an archive of object files (.a), not a shared object" LINK_IT },
		{ "\x1f\x8b", "is compressed with gzip; unpack it" },
		{ "PK\x03\x04", "is a zip archive; unpack it" },
		{ "MZ", "is built for Windows, this safi for Linux; build it here" },
		{ "\xcf\xfa\xed\xfe", "is built for macOS, this safi for Linux; build it here" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
		gsize len = strlen(kinds[i].begin);
		if (file->n_head >= len && memcmp(file->head, kinds[i].begin, len) == 0) {
			return refuse(reason, kinds[i].sentence);
		}
	}
	return refuse(reason, is_text(file) ? "is a text, not a shared object"
	                                    : "is not a shared object: it does not begin like one");
}

/* --- the machine ------------------------------------------------------------------------------ */

static const char *machine_name(guint machine)
{
	static const struct {
		guint machine;
		const char *name;
	} names[] = {
		{ EM_X86_64, "x86-64" }, { EM_AARCH64, "aarch64" }, { EM_386, "i386" },
		{ EM_ARM, "arm" }, { EM_RISCV, "riscv" }, { EM_PPC64, "ppc64" }, { EM_PPC, "ppc" },
		{ EM_S390, "s390" }, { EM_LOONGARCH, "loongarch" }, { EM_MIPS, "mips" },
		{ EM_SPARCV9, "sparc64" }, { EM_IA_64, "ia64" }, { EM_ALPHA, "alpha" },
		{ EM_PARISC, "hppa" }, { EM_SH, "sh" }, { EM_68K, "m68k" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (names[i].machine == machine) {
			return names[i].name;
		}
	}
	return NULL;
}

/* "aarch64", or "ppc64 (32-bit, big-endian)" with what differs from this program. */
static char *machine_words(const unsigned char *ident, guint machine, bool width, bool order)
{
	const char *name = machine_name(machine);
	g_autofree char *number = g_strdup_printf("machine %u", machine);

	return g_strdup_printf("%s%s%s%s%s%s", name != NULL ? name : number,
	                       width || order ? " (" : "",
	                       !width ? "" : ident[EI_CLASS] == ELFCLASS32 ? "32-bit" : "64-bit",
	                       width && order ? ", " : "",
	                       !order ? "" : ident[EI_DATA] == ELFDATA2MSB ? "big-endian"
	                                                                   : "little-endian",
	                       width || order ? ")" : "");
}

static bool check_machine(const File *file, char **reason)
{
	const unsigned char *ident = file->head, *own = __ehdr_start.e_ident;
	const unsigned char *at = file->head + offsetof(ElfW(Ehdr), e_machine);
	guint machine = ident[EI_DATA] == ELFDATA2MSB ? at[0] << 8 | at[1] : at[1] << 8 | at[0];
	bool width = ident[EI_CLASS] != own[EI_CLASS], order = ident[EI_DATA] != own[EI_DATA];

	if (!width && !order && machine == __ehdr_start.e_machine) {
		return true;
	}

	g_autofree char *theirs = machine_words(ident, machine, width, order);
	g_autofree char *ours = machine_words(own, __ehdr_start.e_machine, width, order);
	*reason = g_strdup_printf("is built for %s, this safi for %s; build it here", theirs, ours);
	return false;
}

/* --- the header ------------------------------------------------------------------------------- */

static bool check_ident(const File *file, char **reason)
{
	const unsigned char *ident = file->head;

	if (file->n_head < offsetof(ElfW(Ehdr), e_version)) {
		return refuse_short(file, sizeof(ElfW(Ehdr)), reason);
	}
	if ((ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64) ||
	    (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB) ||
	    ident[EI_VERSION] != EV_CURRENT) {
		return refuse(reason, "is damaged: its ELF header has no known class, byte order or "
		                      "version" ANEW);
	}
	return true;
}

static bool check_type(const File *file, char **reason)
{
	switch (file->header.e_type) {
	case ET_DYN:
		return true;
	case ET_REL:
		return refuse(reason, "is an object file (.o), not a shared object" LINK_IT);
	case ET_EXEC:
		return refuse(reason, "is a program, not a shared object" LINK_IT);
	case ET_CORE:
		return refuse(reason, "is a core file, what is left of a program that crashed");
	default:
		*reason = g_strdup_printf("is an ELF file of type %u, not a shared object" LINK_IT,
		                          file->header.e_type);
		return false;
	}
}

/* --- the segments ----------------------------------------------------------------------------- */

/* Programs that are loaded anywhere are shared objects by their type, and marked here. */
static bool is_program(const File *file, const ElfW(Phdr) *dynamic)
{
	ElfW(Dyn) entries[MAX_DYNAMIC];
	gsize len = MIN(dynamic->p_filesz, sizeof entries);
	gsize n = read_at(file, dynamic->p_offset, entries, len) / sizeof *entries;

	for (gsize i = 0; i < n && entries[i].d_tag != DT_NULL; i++) {
		if (entries[i].d_tag == DT_FLAGS_1) {
			return (entries[i].d_un.d_val & DF_1_PIE) != 0;
		}
	}
	return false;
}

static bool check_segments(const File *file, const ElfW(Phdr) *segments, char **reason)
{
	const ElfW(Ehdr) *header = &file->header;
	const ElfW(Phdr) *dynamic = NULL;
	guint64 needed = end_of(header->e_shoff, header->e_shnum, header->e_shentsize);

	for (guint i = 0; i < header->e_phnum; i++) {
		needed = MAX(needed, end_of(segments[i].p_offset, segments[i].p_filesz, 1));
		dynamic = segments[i].p_type == PT_DYNAMIC ? &segments[i] : dynamic;
	}
	if (needed > G_MAXINT64) {
		return refuse(reason, "is damaged: its ELF header names places that no file has" ANEW);
	}
	if (needed > file->size) {
		return refuse_short(file, needed, reason);
	}
	if (dynamic == NULL) {
		return refuse(reason, "is not a shared object: it has nothing to link to" LINK_IT);
	}
	if (is_program(file, dynamic)) {
		return refuse(reason, "is a program, not a shared object" LINK_IT);
	}
	return true;
}

static bool check_table(const File *file, char **reason)
{
	const ElfW(Ehdr) *header = &file->header;
	guint64 end = end_of(header->e_phoff, header->e_phnum, sizeof(ElfW(Phdr)));
	gsize len = header->e_phnum * sizeof(ElfW(Phdr));

	if (header->e_phnum == 0 || header->e_phentsize != sizeof(ElfW(Phdr)) || end > G_MAXINT64) {
		return refuse(reason, "is damaged: its ELF header has no table of segments" ANEW);
	}
	if (end > file->size) {
		return refuse_short(file, end, reason);
	}

	g_autofree ElfW(Phdr) *segments = g_malloc(len);
	if (read_at(file, header->e_phoff, segments, len) != len) {
		return refuse(reason, "cannot be read to its end");
	}
	return check_segments(file, segments, reason);
}

bool safi_object_check(int fd, char **reason)
{
	File file = { .fd = fd };
	struct stat info;

	if (fstat(fd, &info) != 0) {
		*reason = g_strdup_printf("cannot be read: %s", g_strerror(errno));
		return false;
	}
	file.size = (guint64)info.st_size;
	if (file.size == 0) {
		return refuse(reason, "is empty" ANEW);
	}
	file.n_head = read_at(&file, 0, file.head, sizeof file.head);
	if (file.n_head == 0) {
		return refuse(reason, "cannot be read");
	}
	if (file.n_head < SELFMAG || memcmp(file.head, ELFMAG, SELFMAG) != 0) {
		return refuse_stranger(&file, reason);
	}
	if (!check_ident(&file, reason) || !check_machine(&file, reason)) {
		return false;
	}
	if (file.n_head < sizeof file.header) {
		return refuse_short(&file, sizeof file.header, reason);
	}
	memcpy(&file.header, file.head, sizeof file.header);
	return check_type(&file, reason) && check_table(&file, reason);
}
