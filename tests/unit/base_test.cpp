#include <algorithm>
#include <atomic>

#include <doctest/doctest.h>

#include "shared/base/background.hpp"
#include "shared/base/bytes.hpp"
#include "shared/base/hash.hpp"
#include "shared/base/seams.hpp"
#include "shared/base/text.hpp"

using namespace waymark;

TEST_CASE("hexadecimal is lower case, paired, and nothing else") {
  CHECK(to_hex(Bytes{0x00, 0xab, 0xff}) == "00abff");
  CHECK(from_hex("00abff").value() == Bytes{0x00, 0xab, 0xff});
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("AB"));
  CHECK_FALSE(from_hex("zz"));
}

TEST_CASE("an id is 32 digits") {
  CHECK(OpId::parse("000102030405060708090a0b0c0d0e0f").value().hex() == "000102030405060708090a0b0c0d0e0f");
  CHECK(OpId::parse("00").error().code == Code::malformed);
}

TEST_CASE("SHA-256 and HMAC give the published values") {
  // FIPS 180-2 appendix B.1; RFC 4231 test case 2.
  CHECK(to_hex(sha256(as_bytes("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  Sha256Stream stream;
  stream.add(as_bytes("a"));
  stream.add(as_bytes("bc"));
  CHECK(stream.finish() == sha256(as_bytes("abc")));
}

TEST_CASE("a signature holds for its message and key only") {
  SystemRandom random;
  SecretKey key, other;
  random.fill(key.seed);
  random.fill(other.seed);
  auto signature = sign(key, as_bytes("hello"));
  CHECK(verify(public_key(key), as_bytes("hello"), signature));
  CHECK_FALSE(verify(public_key(key), as_bytes("hellp"), signature));
  CHECK_FALSE(verify(public_key(other), as_bytes("hello"), signature));
  CHECK_FALSE(verify(public_key(key), as_bytes("hello"), ByteView(signature).first(63)));
}

TEST_CASE("a key signs as RFC 8032 says, whichever keys signed before it") {
  SecretKey key, other;
  REQUIRE(read_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", key.seed));
  for (int i = 0; i < 300; i++) {
    CHECK(to_hex(public_key(key).bytes) ==
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    other.seed[0] = static_cast<std::uint8_t>(i), other.seed[1] = static_cast<std::uint8_t>(i >> 8);
    CHECK(verify(public_key(other), as_bytes("hello"), sign(other, as_bytes("hello"))));
  }
  CHECK(to_hex(sign(key, {})) ==
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b");
}

TEST_CASE("a password is verified by its hash, and an empty hash by nothing") {
  auto hash = hash_password("4711");
  CHECK(verify_password("4711", hash));
  CHECK_FALSE(verify_password("4712", hash));
  CHECK_FALSE(verify_password("", ""));
}

TEST_CASE("text is valid, counted and normalized by code points") {
  CHECK(valid_utf8("Zoë"));
  CHECK_FALSE(valid_utf8("\xed\xa0\x80"));  // a surrogate
  CHECK_FALSE(valid_utf8(std::string_view("a\0b", 3)));
  CHECK_FALSE(valid_utf8("\xc3"));
  // Wherever it stands in a longer text.
  for (std::size_t at = 0; at < 20; at++)
    for (char wrong : {'\0', '\xff', '\xc3'}) {
      std::string text(20, 'a');
      CHECK(valid_utf8(text));
      text[at] = wrong;
      CAPTURE(at);
      CHECK_FALSE(valid_utf8(text));
    }
  CHECK(valid_utf8("\x01\x7f seven Zoë and seven \u00e9"));
  CHECK(length_utf8("Zoë") == 3);
  CHECK(normalize("e\u0301").value() == "\u00e9");
  CHECK(trim("  a b \n") == "a b");
  CHECK(fold(" ZOË  Ramírez ") == "zoë ramírez");
  CHECK(truncate_utf8("Zoë", 3) == "Zo");
}

TEST_CASE("an error's name and its code are each other's") {
  for (int i = 0; i <= static_cast<int>(Code::internal); i++)
    CHECK(code_named(name(static_cast<Code>(i))) == static_cast<Code>(i));
  CHECK(code_named("a code of the future") == Code::internal);
}

TEST_CASE("a seed gives the same numbers each time") {
  SeededRandom a(7), b(7), c(8);
  auto first = a.u64();
  CHECK(first == b.u64());
  CHECK(first != c.u64());
}

TEST_CASE("a message hashed at once and in pieces has one hash, whatever its length") {
  for (std::size_t size : {0, 1, 55, 56, 63, 64, 65, 119, 120, 330, 100'000}) {
    std::string text(size, 'w');
    Sha256Stream stream;
    stream.add(as_bytes(std::string_view(text).substr(0, size / 3)));
    stream.add(as_bytes(std::string_view(text).substr(size / 3)));
    CHECK(to_hex(sha256(as_bytes(text))) == to_hex(stream.finish()));
  }
}

TEST_CASE("work in the background is done in its order on another thread, and is finished before it ends") {
  std::vector<int> done;
  std::thread::id where;
  std::atomic<int> told = 0;
  {
    Worker worker([&] { ++told; });
    for (int i = 0; i < 20; i++)
      worker.run([&, i] {
        where = std::this_thread::get_id();
        done.push_back(i);
      });
    worker.finish();
    REQUIRE(done.size() == 20);
    CHECK(std::is_sorted(done.begin(), done.end()));
    CHECK(where != std::this_thread::get_id());
    for (int i = 20; i < 30; i++) worker.run([&, i] { done.push_back(i); });
  }
  CHECK(done.size() == 30);
  CHECK(told == 30);
  Worker idle;
  idle.finish();
}
