//! Textbook RSA (RFC 8017): keys of many sizes from a few primes, and signatures that no library would make.

use jose_verify::{Key, KeyParameters, SIGNATURES};
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::hash::{digest, digest_info};
use super::sign::base64url;

/// Random primes, made by `openssl prime`. None of them less one is a multiple of an exponent in [`EXPONENTS`].
pub(crate) const PRIMES: [&str; 11] = [
    // 1024 bits
    "d278b87c8bab0ab8b2721fcbf20373bdf578ec080099a99e750de8a7a9cdc2fcae58193cfecaa5eca60ea8938a053f39\
     3c162a253a4505a2537847dd48caeb65b4f77b54d4d985eed113b287fb749725b482c340e7dc68a586585d9212031ae8\
     7bac743ffcfce9dc185bd919a6c89137df7a6b9d2705dfafe9958ad7c0f53065",
    // 1024 bits
    "f02a3b08607e407fe7e7c2cac3a3ac296f04f701c78f7e318a689cf6a0ffa3662df9193f88db0e0add74dce698aef272\
     a8c1d4d0e852e517bf8f9984b55735a9ae8e2005372efb1a476b6b9d09e6f048aa3b76dc8958ddd55a1d3c4615a726fd\
     f7dd631417bda4ad072c407d3ce60c6f3a85951e8987af8e2050d740a7b891cf",
    // 1025 bits
    "1de948f518a0846813138a1c6707fe1580caa0ce3e9c3d6443cf99911ed9cea1fa83fdd9c6995e703e353d6a9d4c89d7\
     40f87a5a847fd86399327c88ff8034e274ffbe42abd581f98a25dae7802fdf23ca127a4c5b17be637aa5a3f7221893d4\
     d9260b5c55478212d0ba1bbb5a4577b2c922b130c0dd012922c7e02d53fa72023",
    // 1028 bits
    "d45d4e1cafe7ac93eabf592a9070cf5c394e1461fd04cf3ebba5083589849042793b4def3c860b4b893f371ca2961042\
     49f0d1d2293f954df894a9856dfa2ede071d1b127db4a76643ef152847c95779d8931949b76ddd658d7cacd8b2c3b7a5\
     552dffabec6318603d5dcc3afed3c4aaae0decc1487a26f206805c8eb8b24f0b5",
    // 1031 bits
    "7cd1094576d7e2a505677a656f439312dd6e7b46204550aa74702aebcf08a0e5e572314a4f0173badc1b91687213918a\
     074fd91ba2a6334168d75b983be37e86cb1515622dae84f51f2287f12495a6eb96974661e5b698ca137ed52c848a545f\
     8413c66014b7c42fd79fe4523c2ac084adba1aab9fad1d726d6b6796e0b4aba62f",
    // 1280 bits
    "eb28254fa48cebecd5610809b1b7e5b6b3f1332e6eae07a6e97fff966bc06f1f53ae18c16f02a2a1f816c164edc2ee97\
     1a0f675743bf123f66a5934d83cb4d43b9258d06d1c5cddf9d8cc68198545e363810986a3716f6c99a6e79c830e91ac9\
     c953faf31dc81817a07c2c91777f403de5980e3650135c7da03ac40327f4fe1211d67f0ac5a5a51fc7cc1712425d0cfb\
     3f2ef6a4932a57e9979ac6a8a63b89eb",
    // 1536 bits
    "e17feae5e5dd5ef41ce99add9b8ef919871898324b4b6d0a69c2749fb2c1668806dc4e2b91490af0284526fe7164d939\
     af594f584256ed592889f32c9ca9f42df0e11c8daa566026ef26aed41cccc3f703ae83bda4716831cc8afb68a8c1938d\
     1e5d4bd9a05fc0c8973adce046c8075e0ebc45657571a374c1f38853f64baee5ec8b0648308c2c3f48af85d7cac987fc\
     833a6aef57e0078f5d5a20565a58dbff1dd7892754223bc4ec3f0154e735b2c9c830a1e26543602508d42f2f7dcf76a5",
    // 1537 bits
    "1d12f7fbac6eca67d64b0c26ddd6d40891ac963aff9d73d35962a16f8407c86033c31dd718c486ded5c6541d4b7f1c4f\
     d42802b0c295c6465d8aece49fe79b70ee61aec443b73c82fde8ae70e9c086283079213800c8b4ddada4d4956c96a1cf\
     787869e3259cf6b10405f47c83f2e69bd235d28934074dce7837f14493bcdbde9a8a6b8259b7c9354e4e4d79a5784e1d\
     d8a48f201bd2a3a9243ac3d74a545b66f8df0819ab2f58e41df3657a5b31b6c648c41457a812c6f67a2d6a03a229ff42\
     5",
    // 2041 bits
    "1f3331541d1da53178a4b3b0ebb0910c364d02abcf5ee1a732452b49bd5fc758f11f819a7ebb124fd2e5a082030a3a93\
     ea1ef2bee40ccea98b5a422ea7d31b6b3ea9abc56a8949292573a583570c64409ca3d9c5cfaca14e2af6cd537783e28c\
     6528ff597648fe9cb774c8bd0ef0eafad36c7d8f0972803cfa50f5ea23080b663dd7dbf9b7b60131be8667cb45f4ada4\
     cf80820135285834f0e9fbdc39053da7730c878c5815bd5d736f03107f533932e060ebe3a61fe9d3eb279d072bacf3c3\
     d3c69b14f2924e23e4a827bf496d2cf206a711a6b0294c14a7cbe6471f7a4f640cfe887c77093e1abf2aa5580f5464d8\
     c28dddaf7c6d3e339bfa96f94d0e517",
    // 2048 bits
    "d100573f508cd48d786aa9a4b94435050c6ab8c742931667b96bda3ec5399461d151371c2fee5efebc8808183b6be648\
     fbb2cd2f350f0dee6461876e7e8da1b826d5e511004543f0e94fd8291a461142d48a609e2683e170f8805fb231046022\
     6f0ffed0fcbdcbd6ef493814955d01b07ade83045cc43da361fa78e92aa2a12af560bc90d085abbda304516eb1c61d10\
     b6bef509887ed60e20a192e0c45e0a115d9bb882625f342d29ab19562b462de78a6aac38e513822edade7869fdc55a6d\
     21a627cd6f05174f807a562a0fbf22c60c6361331a1f9eaafa7c0f364daf1537002f87ec51810d66ddb1475cad9160d1\
     7113fe7df3e8dcfd8f0cd8e21bf8d5ef",
    // 2048 bits
    "c1d2c8adec79faf6a2fe7b3b39a75d74877ef3e0ab20a9c5eb7cfaf1a150600d940dd3a68921c1f3b500122a1a5f326b\
     64098b097bd6a2240ff7469de61f4a697ba8f6e0d860b139c5bf805cbedfeb030ad37e76acd67ba4c09ee7ac3a823cbd\
     90347f8e62883cbaee1a4af74c77d5addaad9175e7471d2507db5d6d9cb5f30d569fb0a1e3aa834b8166ae70dda8f0c3\
     2b7d6ec727c5b830281727b847600b7bade1992d579f4a1c3625f441a7b2838f05da92f02eff320a20047df585335483\
     2329adeb57d22fb3b9e6c5318db7057d073f6f85673be0f4912f15fcb1618a2c67926b7caf8ce7f90d131c4cf5b6c242\
     f8f52e1d904178225b681e77e8817ef5",
];

/// Public exponents that fit every pair of [`PRIMES`]: the smallest, a small one, the usual one, one of 33 bits.
pub(crate) const EXPONENTS: [u64; 4] = [3, 17, 65_537, 4_294_967_311];

/// A key pair.
#[derive(Debug, Clone)]
pub(crate) struct RsaKey {
    pub(crate) n: BigUint,
    pub(crate) e: BigUint,
    p: BigUint,
    q: BigUint,
    d: BigUint,
}

impl RsaKey {
    /// The key of two of [`PRIMES`], by their places.
    pub(crate) fn new(p: usize, q: usize, e: u64) -> Self {
        let prime = |at: usize| BigUint::parse_bytes(PRIMES[at].as_bytes(), 16).unwrap();
        let (p, q, e) = (prime(p), prime(q), BigUint::from(e));
        let d = e.modinv(&((&p - 1_u8) * (&q - 1_u8))).unwrap();
        Self {
            n: &p * &q,
            e,
            p,
            q,
            d,
        }
    }

    /// 2048 bits and the usual exponent.
    pub(crate) fn usual() -> Self {
        Self::new(0, 1, 65_537)
    }

    pub(crate) fn modulus_bits(&self) -> usize {
        usize::try_from(self.n.bits()).unwrap()
    }

    /// Bytes of the modulus, and so of a signature.
    pub(crate) fn len(&self) -> usize {
        self.modulus_bits().div_ceil(8)
    }

    /// The public key, loaded for every signature.
    pub(crate) fn key(&self) -> Key {
        let (n, e) = (self.n.to_bytes_be(), self.e.to_bytes_be());
        Key::from_parameters(&KeyParameters::Rsa { n: &n, e: &e }, SIGNATURES).unwrap()
    }

    /// The public key as JWK.
    pub(crate) fn jwk(&self) -> Value {
        let text = |number: &BigUint| base64url(&number.to_bytes_be());
        json!({"kty": "RSA", "n": text(&self.n), "e": text(&self.e)})
    }

    /// RSASP1: the private operation on any encoded message below the modulus.
    pub(crate) fn sign_raw(&self, encoded: &[u8]) -> Vec<u8> {
        let message = BigUint::from_bytes_be(encoded);
        assert!(message < self.n, "too large a message");
        // By the Chinese remainder theorem (RFC 8017 §5.2.1, step 2b), which takes a quarter of the time.
        let (p, q) = (&self.p, &self.q);
        let by_p = message.modpow(&(&self.d % (p - 1_u8)), p);
        let by_q = message.modpow(&(&self.d % (q - 1_u8)), q);
        let h = q.modinv(p).unwrap() * (&by_p + p - &by_q % p) % p;
        self.octets(&(by_q + q * h))
    }

    /// A good signature: RSASSA-PKCS1-v1_5, or RSASSA-PSS with a salt of zeros.
    pub(crate) fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let hash = digest(alg, &[message]);
        if alg.starts_with("RS") {
            return self.sign_raw(&pkcs1(self.len(), &[&digest_info(alg), &hash]));
        }
        let salt = vec![0; hash.len()];
        self.sign_raw(&Pss::new(alg, &salt).encode(message, self.modulus_bits() - 1))
    }

    /// A number below the modulus in as many bytes as that has.
    pub(crate) fn octets(&self, number: &BigUint) -> Vec<u8> {
        let bytes = number.to_bytes_be();
        let mut octets = vec![0; self.len() - bytes.len()];
        octets.extend(bytes);
        octets
    }
}

/// A block of type 1 (RFC 8017 §9.2): `00 01 ff … ff 00`, and then what is given.
pub(crate) fn pkcs1(len: usize, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let padding = vec![0xff; len - contents.len() - 3];
    [&[0, 1], &padding[..], &[0], &contents].concat()
}

/// The parts of an encoded message of PSS (RFC 8017 §9.1.1), each of which can be wrong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pss<'a> {
    /// An algorithm with the hash of the message.
    pub(crate) alg: &'a str,
    /// An algorithm with the hash of MGF1.
    pub(crate) mgf: &'a str,
    pub(crate) salt: &'a [u8],
    /// What stands before the digest in the hash.
    pub(crate) prefix: [u8; 8],
    /// The first byte of the padding: zero.
    pub(crate) padding: u8,
    /// Between padding and salt.
    pub(crate) separator: u8,
    pub(crate) trailer: u8,
    /// Set in the first byte of the encoded message.
    pub(crate) top_bits: u8,
}

impl<'a> Pss<'a> {
    /// As it should be.
    pub(crate) fn new(alg: &'a str, salt: &'a [u8]) -> Self {
        Self {
            alg,
            mgf: alg,
            salt,
            prefix: [0; 8],
            padding: 0,
            separator: 1,
            trailer: 0xbc,
            top_bits: 0,
        }
    }

    /// EMSA-PSS-ENCODE for an encoded message of so many bits.
    pub(crate) fn encode(&self, message: &[u8], bits: usize) -> Vec<u8> {
        let hash = digest(self.alg, &[message]);
        let h = digest(self.alg, &[&self.prefix, &hash, self.salt]);
        let len = bits.div_ceil(8);
        let mut db = vec![0; len - h.len() - 1];
        let separator = db.len() - self.salt.len() - 1;
        db[0] = self.padding;
        db[separator] = self.separator;
        db[separator + 1..].copy_from_slice(self.salt);
        let blocks = (0_u32..).map(|i| digest(self.mgf, &[&h, &i.to_be_bytes()]));
        let mask = blocks.take(len).flatten();
        db.iter_mut()
            .zip(mask)
            .for_each(|(byte, mask)| *byte ^= mask);
        db[0] &= 0xff >> (8 * len - bits);
        db[0] |= self.top_bits;
        [&db[..], &h, &[self.trailer]].concat()
    }
}
