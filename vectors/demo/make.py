"""Makes the ID tokens, key sets and secret in this folder, and systems.json, with jwcrypto. See README.md.

Header and payload are texts that are signed unchanged, so that each is formatted as its system does.
"""

import json
import os
import secrets
import string
import sys
import uuid
from importlib.metadata import version

from jwcrypto import jwk, jws

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import ALGS, CURVE, HERE, SECRET_LEN, VectorFile, b64u, compact, with_members

f = VectorFile("jwcrypto " + version("jwcrypto"), "vectors/demo/make.py")


def public(key, **members):
    """Returns the public JWK without kid and with the given members."""
    return with_members(key.export_public(as_dict=True), drop=("kid", "key_ops", "use", "alg"), **members)


def rsa(bits=2048):
    return jwk.JWK.generate(kty="RSA", size=bits)


def ec(crv="P-256"):
    return jwk.JWK.generate(kty="EC", crv=crv)


def text_secret(length):
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length)).encode()


def sign(header, payload, key):
    """Signs a header and a payload, both JSON texts, with a JWK or the bytes of a secret."""
    if isinstance(key, bytes):
        key = jwk.JWK(kty="oct", k=b64u(key))
    s = jws.JWS(payload.encode())
    s.add_signature(key, alg=json.loads(header)["alg"], protected=header)
    token = s.serialize(compact=True)
    assert token.startswith(b64u(header.encode()) + "." + b64u(payload.encode()) + ".")
    return token


def write(name, content):
    with open(os.path.join(HERE, "demo", name), "wb") as out:
        out.write(content)


def write_token(name, token):
    write(name, token.encode() + b"\n")


def write_keys(name, keys):
    write(name, json.dumps(keys, indent=2).encode() + b"\n")


def akeneo():
    """RS256 without kid. Dates are JSON numbers with fractions of a second."""
    key, other = rsa(), rsa()
    header = '{"typ":"JWT","alg":"RS256"}'
    client = "69d7c1a4-5b0e-4c0e-9a3f-2f6f0c6a1b7d"

    def payload(iat="1643029678.467703", exp="1643033278.467703", more=""):
        return ('{"iss":"https://my-pim.example.com","jti":"%s","sub":"%s","aud":"%s","iat":%s,"exp":%s%s}'
                % (uuid.uuid4(), "17a1b6d5-0b83-4a1b-9d63-2486899e0001", client, iat, exp, more))

    profile = ',"email":"user@example.com","firstname":"Sample","lastname":"User"'
    req = {"profile": "id-token", "algs": "RS256", "issuer": "https://my-pim.example.com", "audience": client}
    token, keys = sign(header, payload(more=profile), key), {"keys": [public(key)]}
    write_token("akeneo.jwt", token)
    write_keys("akeneo.jwks.json", keys)
    f.add("akeneo.jwt with akeneo.jwks.json", token, keys=keys, now=1643030000, **req)
    f.add("Akeneo, set of two keys without alg and kid, the second signed", token,
          keys={"keys": [public(other), public(key)]}, now=1643030000, **req)
    f.add("Akeneo, key with use and alg", token, keys={"keys": [public(key, use="sig", alg="RS256")]},
          now=1643030000, **req)
    f.add("Akeneo, one second before exp", token, keys=keys, now=1643033277, **req)
    f.add("Akeneo, in the second of exp, before its fraction", token, keys=keys, now=1643033278, **req)
    f.add("Akeneo, one second after exp", token, keys=keys, now=1643033279, error="exp_expired", **req)
    f.add("Akeneo, one second after exp, leeway 60", token, keys=keys, now=1643033279, leeway=60, **req)
    f.add("Akeneo, in the second of iat, leeway 1", token, keys=keys, now=1643029678, leeway=1, **req)
    f.add("Akeneo, without email and names", sign(header, payload(), key), keys=keys, now=1643030000, **req)
    f.add("Akeneo, exp as 1.688E9", sign(header, payload("1.6879964E9", "1.688E9", profile), key), keys=keys,
          now=1687999999, **req)
    f.add("Akeneo, exp as 1.688E9, which has come", sign(header, payload("1.6879964E9", "1.688E9", profile), key),
          keys=keys, now=1688000000, error="exp_expired", **req)
    f.add("Akeneo, accented and escaped names",
          sign(header, payload(more=r',"email":"user@example.com","firstname":"\u00c9chantillon","lastname":"Größe"'),
               key), keys=keys, now=1643030000, **req)
    f.add("Akeneo, signed by a key not in the set", sign(header, payload(more=profile), other), keys=keys,
          now=1643030000, error="bad_signature", **req)
    f.add("Akeneo, where only RS384 is accepted", token, keys=keys, now=1643030000, error="algorithm_not_accepted",
          **{**req, "algs": "RS384"})


def airlock():
    """A signature, a MAC with the client secret, or no signature."""
    rsa_key, ec_key, secret = rsa(), ec(), text_secret(64)
    claims = {"iss": "https://iam.example.com/auth-login/oauth2/v3/as-1", "sub": "user-248289761001",
              "aud": "client-7f3a", "exp": 1700003600, "iat": 1700000000, "auth_time": 1699999990,
              "nonce": "n-0S6_WzA2Mj", "user_name": "user-248289761001"}
    payload = compact(claims)
    req = {"profile": "id-token", "issuer": claims["iss"], "audience": claims["aud"], "nonce": claims["nonce"],
           "now": 1700000060}
    keys = {"keys": [public(rsa_key, kid="rsa-sign-1", use="sig"), public(ec_key, kid="ec-sign-1", use="sig")]}

    token = sign('{"kid":"rsa-sign-1","alg":"RS256"}', payload, rsa_key)
    write_token("airlock.jwt", token)
    write_keys("airlock.jwks.json", keys)
    f.add("airlock.jwt with airlock.jwks.json", token, keys=keys, algs=["RS256", "ES256"], **req)
    es256 = sign('{"kid":"ec-sign-1","alg":"ES256"}', payload, ec_key)
    f.add("Airlock, ES256", es256, keys=keys, algs=["RS256", "ES256"], **req)
    f.add("Airlock, RS256 without kid", sign('{"alg":"RS256"}', payload, rsa_key), keys=keys,
          algs=["RS256", "ES256"], **req)
    f.add("Airlock, ES256 without kid, single JWK", sign('{"alg":"ES256"}', payload, ec_key), keys=public(ec_key),
          algs="ES256", **req)
    f.add("Airlock, ES256 where RS256 is registered", es256, keys=keys, algs="RS256",
          error="algorithm_not_accepted", **req)
    f.add("Airlock, max_age of 300", token, keys=keys, algs="RS256", max_age=300, **req)
    f.add("Airlock, exp has come", token, keys=keys, algs="RS256", error="exp_expired", **{**req, "now": 1700003600})

    mac = sign('{"alg":"HS256"}', payload, secret)
    write_token("airlock-mac.jwt", mac)
    write("airlock-mac.secret", secret)
    f.add("airlock-mac.jwt with airlock-mac.secret", mac, secret=secret, algs="HS256", **req)
    f.add("Airlock, HS512", sign('{"alg":"HS512"}', payload, secret), secret=secret, algs="HS512", **req)
    f.add("Airlock, HS512 where HS256 and HS512 are accepted", sign('{"alg":"HS512"}', payload, secret),
          secret=secret, algs=["HS256", "HS512"], **req)
    f.add("Airlock, HS256 with typ", sign('{"typ":"JWT","alg":"HS256"}', payload, secret), secret=secret,
          algs="HS256", typ="JWT", **req)
    f.add("Airlock, another client's secret", mac, secret=text_secret(64), algs="HS256", error="bad_signature", **req)
    f.add("Airlock, MAC where a signature is registered", mac, keys=keys, algs=["RS256", "ES256"],
          error="algorithm_not_accepted", **req)
    f.add("Airlock, HS512 with the first 63 characters of the secret", sign('{"alg":"HS512"}', payload, secret),
          secret=secret[:63], algs="HS512", error="weak_key", **req)

    for name, header in {"": '{"alg":"none"}', ", with typ": '{"typ":"JWT","alg":"none"}'}.items():
        unsigned = b64u(header.encode()) + "." + b64u(payload.encode()) + "."
        f.add(f"Airlock, No Signature{name}", unsigned, keys=keys, algs=["RS256", "ES256"], error="unsecured", **req)
        f.add(f"Airlock, No Signature{name}, with the client secret", unsigned, secret=secret, algs="HS256",
              error="unsecured", **req)


def connect2id():
    r"""kid, alg and use in the set, \/ in every URL, language tags, max_age."""
    key = rsa()
    keys = {"keys": [public(key, use="sig", kid="1e9gdk7", alg="RS256")]}
    header = '{"kid":"1e9gdk7","alg":"RS256"}'

    def payload(names, aud='["client-12345"]', extra=""):
        return (r'{"iss":"https:\/\/c2id.example.com","sub":"user-248289761001","aud":' + aud +
                r',"nonce":"n-0S6_WzA2Mj","auth_time":1311280969,"acr":"urn:mace:incommon:iap:silver",'
                r'"iat":1311280970,"exp":1311281970,"https:\/\/example.com\/groups":["audit","admin"]'
                + names + extra + "}")

    raw = ',"name":"Sample","name#ja-Kana-JP":"サンプル","name#de-CH":"Müsterli"'
    escaped = r',"name":"Sample","name#ja-Kana-JP":"\u30b5\u30f3\u30d7\u30eb","name#de-CH":"M\u00FCsterli"'
    both = r',"name":"Sample","name#ja-Kana-JP":"サンプル","name#ja-Hani-JP":"\u898b\u672c"'
    req = {"profile": "id-token", "algs": "RS256", "issuer": "https://c2id.example.com", "audience": "client-12345",
           "nonce": "n-0S6_WzA2Mj", "now": 1311281000, "max_age": 300}
    token = sign(header, payload(both), key)
    write_token("connect2id.jwt", token)
    write_keys("connect2id.jwks.json", keys)
    f.add("connect2id.jwt with connect2id.jwks.json", token, keys=keys, **req)
    f.add("Connect2id, names in raw UTF-8", sign(header, payload(raw), key), keys=keys, **req)
    f.add("Connect2id, names with escapes", sign(header, payload(escaped), key), keys=keys, **req)
    f.add("Connect2id, aud as a string", sign(header, payload(both, '"client-12345"'), key), keys=keys, **req)
    f.add("Connect2id, two audiences and azp",
          sign(header, payload(both, r'["client-12345","https:\/\/api.example.com"]', ',"azp":"client-12345"'), key),
          keys=keys, **req)
    f.add("Connect2id, hashes, sid and amr", sign(header, payload(
        both, extra=',"at_hash":"77QmUPtjPfzWtF2AnpK9RQ","c_hash":"LDktKdoQak3Pk0cnXxCltA","sid":"s-0001",'
                    '"amr":["pwd","otp"]'), key), keys=keys, **req)
    f.add("Connect2id, subject asked for", token, keys=keys, subject="user-248289761001", **req)
    f.add("Connect2id, several issuers accepted", token, keys=keys,
          **{**req, "issuer": ["https://old.example.com", "https://c2id.example.com"]})
    f.add("Connect2id, last second of max_age", token, keys=keys, **{**req, "now": 1311281269})
    f.add("Connect2id, last second before exp", token, keys=keys, **{**req, "now": 1311281969, "max_age": 1000})
    f.add("Connect2id, exp has come", token, keys=keys, error="exp_expired",
          **{**req, "now": 1311281970, "max_age": 1001})
    f.add("Connect2id, kid not in the set", sign('{"kid":"2f8hel0","alg":"RS256"}', payload(both), key), keys=keys,
          error="no_key", **req)


def akana():
    """Several issuers, a set with old and new keys during a rollover, and all twelve algorithms."""
    issuers = ["https://login.example.com/oauth", "https://partners.example.com/oauth", "https://legacy.example.com"]
    signing = {"rsa-2023": rsa(), "rsa-2024": rsa(), "ec-2023": ec(), "ec-2024": ec()}
    rollover = {"keys": [public(k, kid=kid, use="sig", alg="RS256" if kid.startswith("rsa") else "ES256")
                         for kid, k in signing.items()]}
    req = {"profile": "id-token", "issuer": issuers, "audience": "app-portal-01", "nonce": "n-0S6_WzA2Mj",
           "now": 1700000060}

    def payload(issuer=issuers[0], roles=("developer", "api-admin")):
        return compact({"iss": issuer, "sub": "user-248289761001", "aud": "app-portal-01", "iat": 1700000000,
                        "exp": 1700003600, "nonce": "n-0S6_WzA2Mj", "roles": roles})

    def head(alg, kid=None):
        return compact({"typ": "JWT", "alg": alg, **({"kid": kid} if kid else {})})

    array, text = payload(), payload(roles="developer api-admin")
    token = sign(head("RS256", "rsa-2024"), array, signing["rsa-2024"])
    write_token("akana.jwt", token)
    write_keys("akana.jwks.json", rollover)
    f.add("akana.jwt with akana.jwks.json", token, keys=rollover, algs=["RS256", "ES256"], **req)
    for kid, key in signing.items():
        alg = "RS256" if kid.startswith("rsa") else "ES256"
        f.add(f"Akana, signed by {kid}", sign(head(alg, kid), text, key), keys=rollover, algs=["RS256", "ES256"], **req)
        f.add(f"Akana, signed by {kid}, token without kid", sign(head(alg), array, key), keys=rollover,
              algs=["RS256", "ES256"], **req)
    for n, issuer in enumerate(issuers, 1):
        f.add(f"Akana, issuer {n} of 3", sign(head("ES256", "ec-2024"), payload(issuer), signing["ec-2024"]),
              keys=rollover, algs=["RS256", "ES256"], **req)
    stranger = {"RS256": rsa(), "ES256": ec()}
    for alg, family in (("RS256", "rsa"), ("ES256", "ec")):
        f.add(f"Akana, {alg} by a key not in the set", sign(head(alg, f"{family}-2025"), array, stranger[alg]),
              keys=rollover, algs=["RS256", "ES256"], error="no_key", **req)
        f.add(f"Akana, {alg} by a key not in the set, token without kid", sign(head(alg), array, stranger[alg]),
              keys=rollover, algs=["RS256", "ES256"], error="bad_signature", **req)
        f.add(f"Akana, {alg} with the kid of the old key, signed by the new",
              sign(head(alg, f"{family}-2023"), array, signing[f"{family}-2024"]), keys=rollover,
              algs=["RS256", "ES256"], error="bad_signature", **req)
    f.add("Akana, old keys gone from the set", sign(head("RS256", "rsa-2023"), array, signing["rsa-2023"]),
          keys={"keys": rollover["keys"][1::2]}, algs=["RS256", "ES256"], error="no_key", **req)

    every = {"rsa-1": rsa(), "ec-256": ec(), "ec-384": ec("P-384"), "ec-521": ec("P-521")}
    keys = {"keys": [public(k, kid=kid) for kid, k in every.items()]}
    for alg in ALGS:
        for name, body in (("roles as array", array), ("roles as string", text)):
            if alg in SECRET_LEN:
                secret = text_secret(SECRET_LEN[alg])
                f.add(f"Akana, {alg}, secret of {len(secret)} characters, {name}", sign(head(alg), body, secret),
                      secret=secret, algs=alg, **req)
            else:
                kid = {"P-256": "ec-256", "P-384": "ec-384", "P-521": "ec-521"}[CURVE[alg]] if alg in CURVE else "rsa-1"
                f.add(f"Akana, {alg}, {name}", sign(head(alg, kid), body, every[kid]), keys=keys, algs=ALGS[3:], **req)


akeneo()
airlock()
connect2id()
akana()
f.write("demo/systems.json")
