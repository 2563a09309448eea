"""Checks every vector file in this folder against implementations that did not make it.

Every positive case is verified twice:
  - by a library: jwcrypto, or PyJWT for files made by jwcrypto;
  - by the arithmetic in this file, which uses only hashlib, hmac and integers.
Its claims are then compared with a short model of the profiles. Every negative case must have the
error that it states. Exits with status 1 if anything is wrong.

    pip install -r vectors/requirements.txt && python vectors/check.py
"""

import collections
import decimal
import glob
import hashlib
import hmac
import json
import os
import re
import sys

import jwt
from jwcrypto import jwk as jwcrypto_jwk
from jwcrypto import jws as jwcrypto_jws

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import ALGS, CURVE, HERE, SECRET_LEN, b64u, unb64u

# ---- arithmetic ---------------------------------------------------------------------------------

HASH = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
DIGEST_INFO = {"256": "3031300d060960864801650304020105000420", "384": "3041300d060960864801650304020205000430",
               "512": "3051300d060960864801650304020305000440"}
# p, b, n, Gx, Gy; a = -3 for all three (FIPS 186-4, D.1.2)
P256 = (2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
        0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
        0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)
P384 = (2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
        0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
        0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
        0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f)
P521 = (2**521 - 1,
        int("0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf07"
            "3573df883d2c34f1ef451fd46b503f00", 16),
        int("01" + "ff" * 32 + "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", 16),
        int("00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8"
            "de3348b3c1856a429bf97e7e31c2e5bd66", 16),
        int("011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad07"
            "61353c7086a272c24088be94769fd16650", 16))
CURVES = {"P-256": (32, P256), "P-384": (48, P384), "P-521": (66, P521)}


def on_curve(crv, x, y):
    p, b = CURVES[crv][1][:2]
    return x < p and y < p and (y * y - x * x * x + 3 * x - b) % p == 0


def double(pt, p):
    """Doubles a point in Jacobian coordinates."""
    x, y, z = pt
    if not z:
        return pt
    d, g = z * z, y * y
    b, a = x * g, 3 * (x - d) * (x + d)
    x3 = (a * a - 8 * b) % p
    return x3, (a * (4 * b - x3) - 8 * g * g) % p, 2 * y * z % p


def add(s, t, p):
    """Adds two points in Jacobian coordinates."""
    (x1, y1, z1), (x2, y2, z2) = s, t
    if not z1:
        return t
    if not z2:
        return s
    z1z1, z2z2 = z1 * z1 % p, z2 * z2 % p
    u1, u2, s1, s2 = x1 * z2z2 % p, x2 * z1z1 % p, y1 * z2 * z2z2 % p, y2 * z1 * z1z1 % p
    if u1 == u2:
        return double(s, p) if s1 == s2 else (1, 1, 0)
    h, r = u2 - u1, s2 - s1
    hh = h * h % p
    hhh, v = h * hh % p, u1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - s1 * hhh) % p, z1 * z2 * h % p


def multiply(k, pt, p):
    """Multiplies a point by a scalar."""
    acc = (1, 1, 0)
    for bit in bin(k)[2:]:
        acc = double(acc, p)
        if bit == "1":
            acc = add(acc, pt, p)
    return acc


def verify_ec(crv, x, y, digest, sig):
    size, (p, _, n, gx, gy) = CURVES[crv]
    if len(sig) != 2 * size:
        return False
    r, s = int.from_bytes(sig[:size], "big"), int.from_bytes(sig[size:], "big")
    if not (0 < r < n and 0 < s < n and on_curve(crv, x, y)):
        return False
    e = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - n.bit_length())
    w = pow(s, -1, n)
    px, _, pz = add(multiply(e * w % n, (gx, gy, 1), p), multiply(r * w % n, (x, y, 1), p), p)
    return bool(pz) and px * pow(pz, -2, p) % p % n == r


def verify_rsa(n, e, size, message, sig, pss):
    k = (n.bit_length() + 7) // 8
    if len(sig) != k or int.from_bytes(sig, "big") >= n:
        return False
    m, h = pow(int.from_bytes(sig, "big"), e, n), HASH[size]
    digest = h(message).digest()
    if not pss:
        t = bytes.fromhex(DIGEST_INFO[size]) + digest
        return m.to_bytes(k, "big") == b"\0\1" + b"\xff" * (k - 3 - len(t)) + b"\0" + t
    em_bits = n.bit_length() - 1
    em_len, h_len = (em_bits + 7) // 8, len(digest)
    if m.bit_length() > em_bits:
        return False
    em = m.to_bytes(em_len, "big")
    masked, seed = em[:em_len - h_len - 1], em[em_len - h_len - 1:-1]
    mask = b"".join(h(seed + i.to_bytes(4, "big")).digest() for i in range(len(masked) // h_len + 1))
    db = int.from_bytes(masked, "big") ^ int.from_bytes(mask[:len(masked)], "big")
    db = (db & ((1 << (em_bits - 8 * (h_len + 1))) - 1)).to_bytes(len(masked), "big")
    pad, salt = db[:-h_len], db[-h_len:]            # RFC 7518, 3.5: the salt is as long as the hash
    return em[-1] == 0xbc and pad == bytes(len(pad) - 1) + b"\1" and \
        hmac.compare_digest(h(bytes(8) + digest + salt).digest(), seed)


def number(jwk, member):
    return int.from_bytes(unb64u(jwk[member]), "big")


def fits(jwk, alg):
    if alg in CURVE:
        return jwk.get("kty") == "EC" and jwk.get("crv") == CURVE[alg]
    return jwk.get("kty") == "RSA" and alg[:2] in ("RS", "PS")


def verify_here(alg, key, message, sig):
    if alg[:2] == "HS":
        return hmac.compare_digest(hmac.new(key, message, HASH[alg[2:]]).digest(), sig)
    if alg in CURVE:
        return verify_ec(CURVE[alg], number(key, "x"), number(key, "y"), HASH[alg[2:]](message).digest(), sig)
    return verify_rsa(number(key, "n"), number(key, "e"), alg[2:], message, sig, alg[:2] == "PS")


# ---- libraries ----------------------------------------------------------------------------------

def verify_jwcrypto(alg, key, token):
    if isinstance(key, bytes):
        key = {"kty": "oct", "k": b64u(key)}
    key = {m: key[m] for m in ("kty", "n", "e", "crv", "x", "y", "k") if m in key}
    s = jwcrypto_jws.JWS()
    s.allowed_algs = ALGS
    try:
        s.deserialize(token)
        s.verify(jwcrypto_jwk.JWK(**key))
    except jwcrypto_jws.InvalidJWSSignature:
        return False
    return s.payload


def verify_pyjwt(alg, key, token):
    if not isinstance(key, bytes):
        key = {m: key[m] for m in ("kty", "n", "e", "crv", "x", "y") if m in key}
        key = jwt.PyJWK.from_dict(key, alg).key
    try:
        return jwt.PyJWS().decode(token, key, [alg])
    except jwt.InvalidSignatureError:
        return False


# ---- model of the expected results --------------------------------------------------------------

class Duplicate(Exception):
    pass


def reject_duplicates(pairs):
    if len({k for k, _ in pairs}) != len(pairs):
        raise Duplicate
    return dict(pairs)


def reject_constant(name):
    raise ValueError(name)


def load(data):
    if data.startswith(b"\xef\xbb\xbf"):
        raise ValueError("byte order mark")
    return json.loads(data.decode(), object_pairs_hook=reject_duplicates, parse_constant=reject_constant,
                      parse_float=decimal.Decimal, parse_int=decimal.Decimal)


def listed(v):
    return v if isinstance(v, list) else [v]


REQUIRED = {"jwt": (), "id-token": ("iss", "sub", "aud", "exp", "iat"),
            "access-token": ("iss", "exp", "aud", "sub", "client_id", "iat", "jti")}


CLAIM_ERRORS = ("exp_expired", "header_typ_mismatch", "iss_mismatch")


def claims_fault(case, header, c):
    """Returns None, one of CLAIM_ERRORS, or the name of the wrong claim."""
    profile, now, leeway = case["profile"], case.get("now"), case.get("leeway", 0)
    if "typ" in case and header.get("typ") != case["typ"]:
        return "header_typ_mismatch" if "typ" in header else "typ"
    if profile == "jws":
        return None
    if not isinstance(c, dict):
        return "not an object"
    if profile == "access-token" and header.get("typ") not in ("at+jwt", "application/at+jwt"):
        return "typ"
    for name in REQUIRED[profile]:
        if name not in c:
            return name
    for name in ("exp", "nbf", "iat", "auth_time"):
        if name in c and not isinstance(c[name], decimal.Decimal):
            return name
    if "issuer" in case and c.get("iss") not in listed(case["issuer"]):
        return "iss_mismatch" if "iss" in c else "iss"
    if "audience" in case and not set(listed(c.get("aud"))) & set(listed(case["audience"])):
        return "aud"
    for member, name in (("nonce", "nonce"), ("subject", "sub")):
        if member in case and c.get(name) != case[member]:
            return name
    if profile == "id-token" and len(listed(c["aud"])) > 1 and "azp" not in c:
        return "azp"
    if "azp" in c and profile == "id-token" and c["azp"] not in listed(case["audience"]):
        return "azp"
    if now is not None:
        if "exp" in c and now >= c["exp"] + leeway:
            return "exp_expired"
        if "nbf" in c and now < c["nbf"] - leeway:
            return "nbf"
        if "iat" in c and now < c["iat"] - leeway:
            return "iat"
        if "max_age" in case and not c.get("auth_time", 0) + case["max_age"] + leeway >= now:
            return "auth_time"
    return None


class Model:
    """The outcome of a case according to this file. `fault` is the name of an error, None if the token is valid, or
    a description that starts with "?"."""

    def __init__(self, case, library):
        self.library_ok = None
        self.fault = self.find(case, library)

    def find(self, case, library):
        parts = case["token"].split(".")
        if len(parts) == 5:
            return "encrypted"
        if len(parts) != 3:
            return "malformed_token"
        for p in parts:
            if not re.fullmatch(r"[A-Za-z0-9_-]*", p) or len(p) % 4 == 1 or b64u(unb64u(p)) != p:
                return "malformed_base64url"
        raw_header, payload, sig = map(unb64u, parts)
        try:
            header = load(raw_header)
        except Duplicate:
            return "duplicate_member"
        except ValueError:
            return "malformed_json"
        alg = header["alg"]
        if alg == "none":
            return "unsecured"
        if "crit" in header:
            return "header_crit_unsupported"
        if "b64" in header:
            return "header_b64_unsupported"
        if alg not in case["algs"]:
            return "algorithm_not_accepted"
        if "secret_base64url" in case:
            candidates = [unb64u(case["secret_base64url"])]
            if len(candidates[0]) < SECRET_LEN[alg]:
                return "weak_key"
        else:
            keys = case["keys"]
            if "keys" in keys:
                pool = [k for k in keys["keys"] if "kid" not in header or k.get("kid") == header["kid"]]
            else:
                pool = [keys]
            candidates = [k for k in pool if fits(k, alg) and k.get("use", "sig") == "sig"
                          and k.get("alg", alg) == alg and "verify" in k.get("key_ops", ["verify"])]
            if not candidates:
                return "no_key"
        if isinstance(candidates[0], dict) and len(candidates) == 1:
            key = candidates[0]
            if key["kty"] == "RSA":
                n = number(key, "n")
                if n.bit_length() < 2048:
                    return "weak_key"
                if n.bit_length() > 4096:
                    return "key_too_large"
                if n % 2 == 0:
                    return "malformed_key"
            elif not on_curve(key["crv"], number(key, "x"), number(key, "y")):
                return "malformed_key"
        message = ".".join(parts[:2]).encode()
        here = [verify_here(alg, k, message, sig) for k in candidates]
        there = [library(alg, k, case["token"]) is not False for k in candidates]
        if here != there:
            return f"? the arithmetic returns {here}, the library {there}"
        self.library_ok = any(there)
        if not any(here):
            return "bad_signature"
        if case["profile"] == "jws":
            fault = claims_fault(case, header, None)
            return fault and "? " + fault
        try:
            c = load(payload)
        except Duplicate:
            return "duplicate_member"
        except ValueError:
            return "malformed_json"
        fault = claims_fault(case, header, c)
        return fault if fault is None or fault in CLAIM_ERRORS else "? " + fault


MEMBERS = {"name", "token", "keys", "secret_base64url", "algs", "profile", "issuer", "audience", "nonce", "subject",
           "typ", "now", "leeway", "max_age", "expect"}
ERRORS = {"malformed_token", "encrypted", "malformed_base64url", "malformed_json", "duplicate_member", "unsecured",
          "header_crit_unsupported", "header_b64_unsupported", "algorithm_not_accepted", "bad_signature", "no_key",
          "malformed_key", "weak_key", "key_too_large", *CLAIM_ERRORS}


def shape_faults(case):
    if set(case) - MEMBERS:
        yield f"members {set(case) - MEMBERS}"
    if ("keys" in case) == ("secret_base64url" in case):
        yield "not exactly one of keys and secret"
    if not case["algs"] or set(case["algs"]) - set(ALGS):
        yield "algs"
    if len({a[:2] == "HS" for a in case["algs"]}) > 1:
        yield "MACs and signatures in one list"
    if ("secret_base64url" in case) != (case["algs"][0][:2] == "HS"):
        yield "the key does not fit the algorithms"
    if case["profile"] not in ("jws", *REQUIRED):
        yield "profile"
    for key in case.get("keys", {}).get("keys", [case["keys"]] if "keys" in case else []):
        if set(key) & {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}:
            yield "private key"
        for member, value in key.items():
            if member in ("n", "e", "x", "y") and value != b64u(unb64u(value)):
                yield f"base64url of {member}"
            if member in ("n", "e") and unb64u(value)[0] == 0:
                yield f"leading zero in {member}"
        if key.get("crv") in CURVES and any(len(unb64u(key[m])) != CURVES[key["crv"]][0] for m in "xy"):
            yield "length of an EC coordinate"
    expect = case["expect"]
    if expect["ok"]:
        header, payload, _ = case["token"].split(".")
        header = json.loads(unb64u(header))
        want = {"ok": True, "alg": header["alg"], **({"kid": header["kid"]} if "kid" in header else {}),
                "payload": payload}
        if expect != want:
            yield "expect"
        if len(str(header.get("kid", "")).encode()) > 128:
            yield "kid too long"
    elif set(expect) != {"ok", "error"} or expect["error"] not in ERRORS:
        yield "expect"


# ---- what the field sends -----------------------------------------------------------------------

SOURCE = re.compile(r"constructed(: .+)?|.+, (issues?|pull requests?) [0-9]+.*")
NAME = re.compile(r"<<(.+?)>>")


def texts_of(value):
    """Yields every string in a JSON value, and the names of members."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str):
        yield value


def kind_faults(doc, material):
    """Checks the form of a file in `field`. The answers are checked by the tests of the crate."""
    if set(doc) != {"kind", "why", "reference", "cases"}:
        yield f"members {set(doc)}"
    cases = doc["cases"]
    if len(cases) < 4 or len({c["name"] for c in cases}) != len(cases):
        yield "fewer than four cases, or a duplicate name"
    if {c.get("hostile", False) for c in cases} != {True, False}:
        yield "no hostile case, or nothing else"
    for case in cases:
        if set(case) - {"hostile"} != {"name", "source", "sent", "right"}:
            yield f"{case['name']}: members {set(case)}"
        if not SOURCE.fullmatch(case["source"]):
            yield f"{case['name']}: source"
        unknown = {n for text in texts_of(case) for n in NAME.findall(text)} - set(material)
        if unknown:
            yield f"{case['name']}: {unknown} is not in material.json"


def material_faults(material):
    """Verifies each token with the key that its name begins with, and with no other key."""
    tokens = {name: text for name, text in material.items() if re.search(r"\.token|\.[RP]S[0-9]{3}$", name)}
    keys = {name.split(".")[0] for name in tokens}
    for name, text in tokens.items():
        signing_input, _, signature = text.rpartition(".")
        alg = json.loads(unb64u(signing_input.split(".")[0]))["alg"]
        for key in keys:
            jwk = json.loads("{" + material[key] + "}")
            verified = fits(jwk, alg) and verify_here(alg, jwk, signing_input.encode(), unb64u(signature))
            if verified != (key == name.split(".")[0]):
                yield f"{name} and the key {key}"
    for name in ("short P-256", "short P-384", "short P-521"):
        if material[name] in (material[name.replace("short", "full")], material[name.replace("short", "off")]):
            yield name


def check_field():
    """Returns the number of faults in the folder `field`."""
    def load_file(path):
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    folder = os.path.join(HERE, "field")
    material = load_file(os.path.join(folder, "material.json"))
    faults = [("field/material.json", fault) for fault in material_faults(material)]
    count, kinds = 0, sorted(glob.glob(os.path.join(folder, "*.json")))
    for path in kinds:
        doc = load_file(path)
        if "cases" in doc:
            count += len(doc["cases"])
            faults += [(os.path.relpath(path, HERE), fault) for fault in kind_faults(doc, material)]
    for path, fault in faults:
        print(f"WRONG {path}: {fault}")
    print(f"field: {count} cases of {len(kinds) - 1} kinds")
    return len(faults)


def main():
    wrong, totals = 0, collections.Counter()
    only = [os.path.abspath(a) for a in sys.argv[1:]]
    for path in only or sorted(glob.glob(os.path.join(HERE, "*", "*.json"))):
        with open(path, encoding="utf-8") as f:
            doc = json.load(f)
        if "thumbprint_sha256" in doc:
            text = json.dumps({m: doc["jwk"][m] for m in ("e", "kty", "n")}, separators=(",", ":"))
            right = b64u(hashlib.sha256(text.encode()).digest()) == doc["thumbprint_sha256"]
            wrong += not right
            print(f"{os.path.relpath(path, HERE)}: thumbprint {'correct' if right else 'WRONG'}")
        if "cases" not in doc or "kind" in doc:
            continue
        library = verify_pyjwt if doc["source"].startswith("jwcrypto") else verify_jwcrypto
        good, bad, names = collections.Counter(), collections.Counter(), set()
        for case in doc["cases"]:
            faults = list(shape_faults(case))
            if case["name"] in names:
                faults.append("duplicate name")
            names.add(case["name"])
            model = Model(case, library)
            want = case["expect"].get("error")
            if model.fault != want:
                faults.append(f"expected {want}, found {model.fault}")
            if want is None and model.library_ok is not True:
                faults.append("not verified by a library")
            for fault in faults:
                wrong += 1
                print(f"WRONG {os.path.relpath(path, HERE)}: {case['name']}: {fault}")
            if want is None:
                good[case["expect"]["alg"]] += 1
            else:
                bad[want] += 1
        totals.update(good=sum(good.values()), bad=sum(bad.values()))
        print(f"{os.path.relpath(path, HERE)}: {len(doc['cases'])} cases, {sum(good.values())} positive "
              f"(checked by {library.__name__[7:]} and by arithmetic), {sum(bad.values())} negative")
        if good:
            print("    ok:", ", ".join(f"{a} {good[a]}" for a in ALGS if good[a]))
        if bad:
            print("    rejected:", ", ".join(f"{e} {n}" for e, n in sorted(bad.items())))
    if not only:
        wrong += check_field()
    print(f"all: {totals['good']} positive, {totals['bad']} negative, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
