/* A record that went to another process and back is the same record. */
#include "fresh.h"
#include "pack.h"
#include "sample.h"

enum { RECORDS = 3000, ROUNDS = 3 };

typedef struct Dice {
	ChainDice dice;
	GRand *random;
} Dice;

static uint32_t below(ChainDice *dice, uint32_t n)
{
	return g_rand_int_range(((Dice *)dice)->random, 0, (gint32)n);
}

static SafiBuffer buffer;

static safi_bytes packed(void)
{
	g_assert_false(buffer.failed);
	return (safi_bytes){(const uint8_t *)buffer.data, buffer.len};
}

static void send(const safi_record *from, safi_record *to)
{
	const char *reason = NULL;

	safi_buffer_reset(&buffer);
	safi_pack_record(&buffer, from);
	safi_record_reset(to);
	if (!safi_unpack_record(to, packed(), &reason)) {
		g_error("a record cannot be unpacked: %s", reason);
	}
}

static void send_changes(const safi_record *from, SafiPackMark before, safi_record *to)
{
	const char *reason = NULL;

	safi_buffer_reset(&buffer);
	safi_pack_changes(&buffer, from, before);
	if (!safi_unpack_changes(to, packed(), &reason)) {
		g_error("changes cannot be unpacked: %s", reason);
	}
}

/* --- chance ----------------------------------------------------------------------------------- */

static void a_record_comes_out_as_it_went_in(void)
{
	Dice dice = {{below}, g_rand_new_with_seed(1)};
	safi_record *here = safi_record_new(), *there = safi_record_new();

	for (guint i = 0; i < RECORDS; i++) {
		safi_record_reset(here);
		sample_begin(&dice.dice, here);
		sample_work(&dice.dice, here, i % 100 ? below(&dice.dice, 60) : 2000);
		send(here, there);
		sample_same(here, there);
	}
	g_rand_free(dice.random);
	safi_record_free(here);
	safi_record_free(there);
}

static void changes_come_back(void)
{
	Dice dice = {{below}, g_rand_new_with_seed(2)};
	safi_record *here = safi_record_new(), *there = safi_record_new();

	for (guint i = 0; i < RECORDS; i++) {
		safi_record_reset(here);
		sample_begin(&dice.dice, here);
		sample_work(&dice.dice, here, below(&dice.dice, i % 100 ? 40 : 400));
		for (guint round = 0; round < ROUNDS; round++) {
			here->reason = here->broken = (SafiReason){0};
			send(here, there);
			const SafiPackMark before = safi_pack_mark(there);
			sample_work(&dice.dice, there, below(&dice.dice, i % 100 ? 20 : 400));
			send_changes(there, before, here);
			sample_same(here, there);
		}
	}
	g_rand_free(dice.random);
	safi_record_free(here);
	safi_record_free(there);
}

static void an_emitted_record_comes_back_whole(void)
{
	Dice dice = {{below}, g_rand_new_with_seed(3)};
	safi_record *parent = safi_record_new(), *here = safi_record_new(), *there = safi_record_new();

	for (guint i = 0; i < RECORDS; i++) {
		safi_record_reset(parent);
		safi_record_reset(here);
		safi_record_reset(there);
		sample_begin(&dice.dice, parent);
		safi_record_share_raw(here, parent);
		safi_record_share_raw(there, parent);
		sample_work(&dice.dice, there, below(&dice.dice, 40));
		send_changes(there, (SafiPackMark){0}, here);
		sample_same(here, there);
	}
	g_rand_free(dice.random);
	safi_record_free(parent);
	safi_record_free(here);
	safi_record_free(there);
}

/* --- sentences -------------------------------------------------------------------------------- */

static void what_was_not_touched_costs_a_few_bytes(void)
{
	safi_record *there = safi_record_new();
	g_autofree char *long_text = g_strnfill(10000, 'x');
	safi_text text;

	fresh_page(long_text);
	host->put_json(record, 0, host->key("tags"), safi_str("[\"a\\n\",2]"), SAFI_REPLACE);
	send(record, there);
	const SafiPackMark before = safi_pack_mark(there);
	g_assert_true(host->get_text(there, 0, host->key("tags"), 0, &text));
	send_changes(there, before, record);
	g_assert_cmpuint(buffer.len, ==, 8);
	host->put_int(there, 0, host->key("n"), 1, SAFI_REPLACE);
	send_changes(there, before, record);
	g_assert_cmpuint(buffer.len, <, 64);
	sample_same(record, there);
	safi_record_free(there);
}

static void json_in_the_raw_bytes_stays_there(void)
{
	safi_record *there = safi_record_new();
	safi_text json;

	fresh_page("{\"a\":[1,2,3]}");
	const safi_text raw = host->view_text(record, SAFI_RAW);
	host->put_json(record, 0, host->key("a"), (safi_text){raw.ptr + 5, 7}, SAFI_REPLACE);
	send(record, there);
	g_assert_true(host->get_json(there, 0, host->key("a"), SAFI_WHOLE, &json));
	assert_text(json, "[1,2,3]");
	g_assert_true(json.ptr == host->view_text(there, SAFI_RAW).ptr + 5);
	safi_record_free(there);
}

static void a_view_that_changed_nothing_shares_its_text(void)
{
	safi_record *there = safi_record_new();

	const safi_view page = fresh_page("0123456789");
	host->view_add(record, host->key("text"), page, host->view_text(record, page), NULL, 0);
	send(record, there);
	g_assert_true(host->view_text(there, 1).ptr == host->view_text(there, SAFI_RAW).ptr);
	g_assert_true(host->view_text(there, 2).ptr == host->view_text(there, SAFI_RAW).ptr);
	safi_record_free(there);
}

/* Whatever byte of it is another one: it is refused, or it is a record. */
static void spoilt_bytes_do_no_harm(void)
{
	Dice dice = {{below}, g_rand_new_with_seed(4)};
	safi_record *here = safi_record_new(), *there = safi_record_new();
	guint refused = 0, taken = 0;

	for (guint i = 0; i < RECORDS; i++) {
		safi_record_reset(here);
		sample_begin(&dice.dice, here);
		sample_work(&dice.dice, here, below(&dice.dice, 40));
		send(here, there);
		for (guint n = 0; n < 10; n++) {
			const char *reason = NULL;
			const uint32_t at = below(&dice.dice, (uint32_t)buffer.len);
			const char old = buffer.data[at];
			buffer.data[at] = (char)below(&dice.dice, 256);
			safi_record_reset(there);
			if (safi_unpack_record(there, packed(), &reason)) {
				taken++;
			} else {
				g_assert_nonnull(reason);
				refused++;
			}
			sample_same(there, there);
			buffer.data[at] = old;
		}
	}
	g_assert_cmpuint(refused, >, RECORDS);
	g_assert_cmpuint(taken, >, RECORDS);
	g_rand_free(dice.random);
	safi_record_free(here);
	safi_record_free(there);
}

static void a_message_that_is_cut_is_refused(void)
{
	safi_record *there = safi_record_new();
	const char *reason;

	fresh_page("a page");
	host->put_text(record, 0, host->key("title"), safi_str("a title"), SAFI_REPLACE);
	send(record, there);
	for (size_t len = 0; len + 8 <= buffer.len; len++) {
		safi_record_reset(there);
		g_assert_false(safi_unpack_record(there, (safi_bytes){(uint8_t *)buffer.data, len},
		                                  &reason));
	}
	safi_buffer_add(&buffer, "12345678", 8);
	safi_record_reset(there);
	g_assert_false(safi_unpack_record(there, packed(), &reason));
	g_assert_cmpstr(reason, ==, "there is more in the message than it says");
	safi_record_free(there);
}

static void raw_bytes_do_not_come_back(void)
{
	const char *reason;

	fresh_page("a page");
	safi_buffer_reset(&buffer);
	safi_pack_record(&buffer, record);
	g_assert_false(safi_unpack_changes(record, packed(), &reason));
	g_assert_cmpstr(reason, ==, "there are parts that do not belong here");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pack/a record comes out as it went in", a_record_comes_out_as_it_went_in);
	g_test_add_func("/pack/changes come back", changes_come_back);
	g_test_add_func("/pack/an emitted record comes back whole",
	                an_emitted_record_comes_back_whole);
	g_test_add_func("/pack/what was not touched costs a few bytes",
	                what_was_not_touched_costs_a_few_bytes);
	g_test_add_func("/pack/json in the raw bytes stays there", json_in_the_raw_bytes_stays_there);
	g_test_add_func("/pack/a view that changed nothing shares its text",
	                a_view_that_changed_nothing_shares_its_text);
	g_test_add_func("/pack/spoilt bytes do no harm", spoilt_bytes_do_no_harm);
	g_test_add_func("/pack/a message that is cut is refused", a_message_that_is_cut_is_refused);
	g_test_add_func("/pack/raw bytes do not come back", raw_bytes_do_not_come_back);
	return g_test_run();
}
