#include "id.h"
#include "sniff.h"
#include <glib.h>

static safi_bytes bytes(const char *literal, size_t len)
{
	return (safi_bytes){ (const uint8_t *)literal, len };
}
#define BYTES(literal) bytes(literal, sizeof(literal) - 1)

static void html_is_told_by_its_first_tag(void)
{
	g_assert_true(text_sniff_html(safi_str("\n <!DOCTYPE html>\n")));
	g_assert_true(text_sniff_html(safi_str("<HTML lang=ar>")));
	g_assert_true(text_sniff_html(safi_str("<html")));
	g_assert_true(text_sniff_html(safi_str("<!-- cached -->\n<?xml version='1.0'?><html>")));
	g_assert_true(text_sniff_html(safi_str("<text id='7'>\n<SCRIPT>x</SCRIPT>")));
	g_assert_false(text_sniff_html(safi_str("The tag <html> opens a page, <head> its head.")));
	g_assert_false(text_sniff_html(safi_str("<laughs> No, really.")));
	g_assert_false(text_sniff_html(safi_str("a < b, b > c, <3 and 1<2")));
	g_assert_false(text_sniff_html(safi_str("")));
}

static void html_is_told_by_many_tags_early_on(void)
{
	g_autoptr(GString) page = g_string_new("An essay on <b> and </b>.");
	g_assert_false(text_sniff_html(safi_str(page->str)));
	for (int i = 0; i < 5000; i++) {
		g_string_append_c(page, '.');
	}
	for (int i = 0; i < 20; i++) {
		g_string_append(page, "<p>one</p>");
	}
	g_assert_false(text_sniff_html(safi_str(page->str)));
	g_assert_true(text_sniff_html(safi_str(page->str + 4900)));
}

/* What blogs print below their articles. */
static void a_page_may_list_the_tags_it_allows(void)
{
	g_assert_false(text_sniff_html(safi_str(
		"You may use these tags: <a href=\"\" title=\"\"> <abbr title=\"\"> <acronym title=\"\"> "
		"<b> <blockquote cite=\"\"> <cite> <code> <del datetime=\"\"> <em> <i> <q cite=\"\"> "
		"<strike> <strong>")));
}

static void all_kinds_of_white_space_are_blank(void)
{
	g_assert_true(text_sniff_blank(safi_str("")));
	g_assert_true(text_sniff_blank(safi_str(" \t\r\n\xc2\xa0\xe2\x80\xa8\xe3\x80\x80")));
	g_assert_false(text_sniff_blank(safi_str(" \xd8\xa7 ")));
	/* Half a character is not white space, whatever stands behind it. */
	g_assert_false(text_sniff_blank(safi_str("\xe2\x80"
	                                         "a")));
	g_assert_false(text_sniff_blank((safi_text){ "\xe2\x80\xa8", 2 }));
	g_assert_false(text_sniff_blank((safi_text){ "\xc2\xa0", 1 }));
}

static void assert_stem(const char *path, const char *stem)
{
	safi_text got = text_id_stem(safi_str(path));
	g_autofree char *copy = g_strndup(got.ptr, got.len);
	g_assert_cmpstr(copy, ==, stem);
}

static void a_stem_has_neither_directory_nor_ending(void)
{
	assert_stem("seeds/000_92c9.txt", "000_92c9");
	assert_stem("a.b/c.tar.gz", "c");
	assert_stem("page.txt.zst", "page");
	assert_stem("stdin", "stdin");
	assert_stem(".profile", ".profile");
	assert_stem("dir/", "");
	assert_stem("", "");
}

static void a_hash_is_that_of_the_published_vectors(void)
{
	char digits[TEXT_ID_HASH + 1] = "";
	text_id_hash(BYTES("foobar"), digits);
	g_assert_cmpstr(digits, ==, "85944171f73967e8");
	text_id_hash(BYTES(""), digits);
	g_assert_cmpstr(digits, ==, "cbf29ce484222325");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/text/HTML is told by its first tag", html_is_told_by_its_first_tag);
	g_test_add_func("/text/HTML is told by many tags early on",
	                html_is_told_by_many_tags_early_on);
	g_test_add_func("/text/a page may list the tags it allows", a_page_may_list_the_tags_it_allows);
	g_test_add_func("/text/all kinds of white space are blank",
	                all_kinds_of_white_space_are_blank);
	g_test_add_func("/text/a stem has neither directory nor ending",
	                a_stem_has_neither_directory_nor_ending);
	g_test_add_func("/text/a hash is that of the published vectors",
	                a_hash_is_that_of_the_published_vectors);
	return g_test_run();
}
