/* A pipeline file, from its bytes to the chain; behind a form feed, words of --set. */
#include "told.h"
#include "fuzz.h"
#include "yaml.h"
#include "step-law.h"
#include "../unit/fake-catalog.h"

enum { DEEPEST = 64 };

static guint hold_tree(const Told *told, const SafiNode *node, guint depth)
{
	bool scalar = node->kind == SAFI_NODE_SCALAR, map = node->kind == SAFI_NODE_MAP;
	guint nodes = 1;
	fuzz_hold(depth <= (scalar ? DEEPEST + 1 : DEEPEST), "a tree is %u deep", depth);
	fuzz_hold(node->mark.line > 0, "a node has no line");
	told_mark(told, node->mark);
	fuzz_hold(scalar == (node->text != NULL) && scalar == (node->values == NULL) &&
	          map == (node->keys != NULL), "a node is not of its kind");
	fuzz_hold(!scalar || g_utf8_validate(node->text, -1, NULL), "a text is not UTF-8");
	fuzz_hold(!map || node->keys->len == node->values->len, "a key without a value");
	for (guint i = 0; map && i < node->keys->len; i++) {
		const SafiNode *key = node->keys->pdata[i];
		fuzz_hold(key->kind == SAFI_NODE_SCALAR, "a key is not a text");
		nodes += hold_tree(told, key, depth + 1);
	}
	for (guint i = 0; !scalar && i < node->values->len; i++) {
		nodes += hold_tree(told, node->values->pdata[i], depth + 1);
	}
	return nodes;
}

static void try_tree(safi_bytes file)
{
	g_autoptr(SafiReport) report = safi_report_new();
	g_autoptr(SafiNode) root = safi_yaml_parse("a.yaml", (const char *)file.ptr, file.len, report);
	Told told;
	told_init(&told, "a.yaml", file);
	fuzz_hold(root != NULL || safi_report_errors(report) > 0, "no tree, and no errors");
	told_report(&told, report);
	if (root != NULL) {
		g_autoptr(SafiNode) copy = safi_node_copy(root);
		guint nodes = hold_tree(&told, root, 1);
		fuzz_hold(hold_tree(&told, copy, 1) == nodes, "a copy is not the tree");
	}
	told_clear(&told);
}

static void try_pipeline(safi_bytes file, const char *const *sets)
{
	g_autoptr(SafiReport) report = safi_report_new();
	const char *path = fuzz_file(file);
	g_autoptr(SafiPipeline) pipeline = safi_pipeline_load(path, NULL, sets, report);
	Told told;
	told_init(&told, path, file);
	step_law_outcome(&told, pipeline, report);
	told_clear(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	safi_bytes file = { data, size };
	g_auto(GStrv) sets = fuzz_words(&file);
	try_tree(file);
	try_pipeline(file, (const char *const *)sets);
	return 0;
}
