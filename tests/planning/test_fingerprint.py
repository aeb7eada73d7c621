"""Fingerprints: frozen for good, and blind to everything that does not decide a take."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.digest import digest_json
from seedgen.planning.lock import RequestRecord
from seedgen.planning.request import Request
from tests.planning.projects import Files, opened, write

if TYPE_CHECKING:
    from pathlib import Path

MIA = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of b"abc" (FIPS 180-4, example B.1)."""
STREET = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of no bytes."""
VOICE = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
"""SHA-256 of the 56 bytes of FIPS 180-4, example B.2."""

GOLDEN_PROJECT = """\
provider: PROVIDER
reference_sets:
  street: {images: [refs/street.png]}
  mia: {images: [{path: refs/mia.png, face: true}], audios: [refs/voice.wav]}
shots:
  - id: 010
    prompt: |
      {{ ref('street') }} behind {{ ref('mia', 1) }}:\u0020\u0020
      {{ ref('mia', 2) }} says "Gru\u0308ße, 世界"
    references: [street, mia]
    duration: 5
    aspect_ratio: 16:9
    takes: 2
"""
"""The prompt has trailing space, a last newline and an u with a combining diaeresis (U+0308): all three
are put right before anything is fingerprinted. `ref('mia', 2)` is her voice: images count first."""

GOLDEN_FILES: Files = {
    "refs/mia.png": b"abc",
    "refs/street.png": b"",
    "refs/voice.wav": b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
}

# RFC 8785 by hand: keys in order of their UTF-16 code units, no space, the newline and the quotes
# escaped, everything beyond ASCII as it is. Only Oxen.ai has face fields: there Mia comes first and
# each reference says whether it shows a face. Each card sends all its parameters.
GOLDEN_JSON = {
    "oxen": (
        '{"model":"bytedance-seedance-2-0-reference-to-video",'
        '"parameters":{"aspect_ratio":"16:9","duration":5,"generate_audio":false,"resolution":"720p",'
        '"watermark":false},'
        '"prompt":"<image 2> behind <image 1>:\\n<audio 1> says \\"Grüße, 世界\\"",'
        '"provider":"oxen",'
        f'"references":[{{"face":true,"id":"sha256:{MIA}","type":"image"}},'
        f'{{"face":false,"id":"sha256:{STREET}","type":"image"}},'
        f'{{"face":false,"id":"sha256:{VOICE}","type":"audio"}}],'
        '"take":TAKE,"v":1}'
    ),
    "eachlabs": (
        '{"model":"bytedance-seedance-2-0-mini-reference-to-video",'
        '"parameters":{"aspect_ratio":"16:9","duration":5,"generate_audio":true,"resolution":"720p"},'
        '"prompt":"<image 1> behind <image 2>:\\n<audio 1> says \\"Grüße, 世界\\"",'
        '"provider":"eachlabs",'
        f'"references":[{{"id":"sha256:{STREET}","type":"image"}},'
        f'{{"id":"sha256:{MIA}","type":"image"}},'
        f'{{"id":"sha256:{VOICE}","type":"audio"}}],'
        '"take":TAKE,"v":1}'
    ),
    "local": (
        '{"model":"animatic",'
        '"parameters":{"aspect_ratio":"16:9","duration":5,"generate_audio":false,"resolution":"720p"},'
        '"prompt":"<image 1> behind <image 2>:\\n<audio 1> says \\"Grüße, 世界\\"",'
        '"provider":"local",'
        f'"references":[{{"id":"sha256:{STREET}","type":"image"}},'
        f'{{"id":"sha256:{MIA}","type":"image"}},'
        f'{{"id":"sha256:{VOICE}","type":"audio"}}],'
        '"take":TAKE,"v":1}'
    ),
}

GOLDEN = [
    ("oxen", 1, "1f92ddeaf6802bb8bd019f1aaff5c45cc59ddb8e85d2a4d764c6bc87bbdcd25b"),
    ("oxen", 2, "d509860b9f5a66b6f9fc36e5b30017e7091d866e2da73c43fd27d6a8cd479900"),
    ("eachlabs", 1, "9573cc717a8afbecae39aea7db737d5f9601329dc4f161da6693751ecceadd9b"),
    ("eachlabs", 2, "b0ad8eb386656abd51915b9ee99a4f4a78754bd9be5454be169246f34e279141"),
    ("local", 1, "543554ad42a73402c930822b8d542885085c660b1c99e6f7b4a3c5e71109b1ad"),
    ("local", 2, "688f5c68a0756ed45b35973cab8b76fb91933dd9f70fba532d5c3446c788fbe9"),
]
"""By `sha256sum` of the texts above. A change of one makes users pay again: mend the code, not the number."""


@pytest.mark.parametrize(("provider", "take", "fingerprint"), GOLDEN)
def test_golden_fingerprints_never_change(provider: str, take: int, fingerprint: str, tmp_path: Path) -> None:
    """A shot has the fingerprint that it always had: the SHA-256 of this very text."""
    [shot] = opened(tmp_path, GOLDEN_PROJECT.replace("PROVIDER", provider), GOLDEN_FILES).shots
    text = GOLDEN_JSON[provider].replace("TAKE", str(take))
    request, computed = shot.of_take(take)
    assert request.canonical() == json.loads(text)
    assert hashlib.sha256(text.encode()).hexdigest() == fingerprint
    assert computed == fingerprint


def test_a_plain_shot_has_the_golden_fingerprint_of_the_defaults(tmp_path: Path) -> None:
    """With nothing written but the prompt, every default is part of the request all the same."""
    [shot] = opened(tmp_path, "shots: [{id: end, prompt: End card.}]").shots
    text = (
        '{"model":"animatic","parameters":{"aspect_ratio":"auto","duration":"auto",'
        '"generate_audio":false,"resolution":"720p"},"prompt":"End card.","provider":"local",'
        '"references":[],"take":1,"v":1}'
    )
    assert hashlib.sha256(text.encode()).hexdigest() == shot.fingerprint
    assert shot.fingerprint == "a4ef4b472c2a536da0d0d124f880103b39f5ac144125c9e38d04eb3301fffce8"


BASE = """\
vars: {mood: soft}
reference_sets:
  shoe: {images: [refs/front.png, refs/side.png]}
  dance: {videos: [refs/dance.mp4]}
defaults: {resolution: 720p}
shots:
  - id: 010
    template: product.j2
    vars: {angle: front}
    references: [shoe, dance]
    duration: 6
"""
FILES: Files = {
    "refs/front.png": b"front",
    "refs/side.png": b"side",
    "refs/dance.mp4": b"dance",
    "templates/product.j2": "{{ ref('shoe') }}, {{ angle }}, moving as in {{ ref('dance') }}, {{ mood }}.",
}

FREE: dict[str, tuple[str, str]] = {
    "the shot's id": ("id: 010", "id: opening"),
    "a set's name": ("shoe", "sneaker"),
    "a file's name": ("refs/front.png", "moved/further/f.png"),
    "the template's name": ("product.j2", "goods.j2"),
    "the names of variables": ("angle", "view"),
    "the order of keys": (
        "    duration: 6\n",
        "    tags: [hero]\n    duration: 6\n    options: {aspect_ratio: auto}\n",
    ),
    "a comment": ("duration: 6", "duration: 6  # long enough"),
    "a default written down": ("duration: 6", "duration: 6\n    generate_audio: false"),
    "where a parameter is written": ("defaults: {resolution: 720p}", "defaults: {}"),
    "another word for auto": ("duration: 6", "duration: 6\n    aspect_ratio: adaptive"),
    "a face where the model has no face fields": ("[refs/front.png,", "[{path: refs/front.png, face: true},"),
    "a second file with the same bytes": ("refs/side.png", "refs/copy.png"),
    "how many takes": ("duration: 6", "duration: 6\n    takes: 3"),
    "how to talk to the provider": ("vars: {mood", "providers: {local: {concurrency: 3}}\nvars: {mood"),
    "a cap on money": ("vars: {mood", "budget: {max_cost: 3}\nvars: {mood"),
    "reels": ("vars: {mood", "reels: {main: {fps: 25}}\nvars: {mood"),
}
ALSO_THERE: Files = {
    "moved/further/f.png": b"front",
    "refs/copy.png": b"side",
    "templates/goods.j2": FILES["templates/product.j2"],
}


@pytest.mark.parametrize("what", FREE)
def test_what_does_not_decide_a_take_costs_nothing(what: str, tmp_path: Path) -> None:
    """Renaming, moving, reordering and writing a default down leave the fingerprint as it is."""
    before = opened(tmp_path / "a", BASE, FILES)
    old, new = FREE[what]
    assert old in BASE
    files: Files = {
        name: content.replace(old, new) if isinstance(content, str) else content
        for name, content in {**FILES, **ALSO_THERE}.items()
    }
    after = opened(tmp_path / "b", BASE.replace(old, new), files)
    assert after.found() == []
    assert [*after.prints.values()] == [*before.prints.values()]


def test_a_prompt_costs_the_same_from_a_template_or_inline(tmp_path: Path) -> None:
    """Where a prompt's text comes from is no part of the request."""
    from_file = opened(tmp_path / "a", BASE, FILES)
    prompt = "{{ ref('shoe') }}, front, moving as in {{ ref('dance') }}, soft."
    inline = opened(tmp_path / "b", BASE.replace("template: product.j2", f'prompt: "{prompt}"'), FILES)
    assert inline.prints == from_file.prints


def test_a_template_may_be_formatted_anew(tmp_path: Path) -> None:
    """Windows line ends, space at the ends of lines and of the file do not reach the request."""
    plain = opened(tmp_path / "a", BASE, FILES | {"templates/product.j2": "One.\nTwo {{ ref('shoe') }}."})
    messy = opened(
        tmp_path / "b", BASE, FILES | {"templates/product.j2": "One. \t\r\nTwo {{ ref('shoe') }}.  \r\n\r\n"}
    )
    assert messy.prints == plain.prints


PAID: dict[str, tuple[str, str]] = {
    "the prompt": ("angle: front", "angle: back"),
    "a project variable": ("mood: soft", "mood: noir"),
    "a parameter": ("duration: 6", "duration: 7"),
    "a default": ("resolution: 720p", "resolution: 480p"),
    "the order of references": ("refs/front.png, refs/side.png", "refs/side.png, refs/front.png"),
    "a reference less": ("refs/front.png, refs/side.png", "refs/front.png"),
    "space inside the prompt": ("mood: soft", 'mood: "so ft"'),
    "letter case of the prompt": ("mood: soft", "mood: Soft"),
}


@pytest.mark.parametrize("what", PAID)
def test_what_decides_a_take_changes_the_fingerprint(what: str, tmp_path: Path) -> None:
    """What is sent to the model is what is fingerprinted."""
    before = opened(tmp_path / "a", BASE, FILES)
    after = opened(tmp_path / "b", BASE.replace(*PAID[what]), FILES)
    assert after.found() == []
    assert after.prints != before.prints


def test_a_face_matters_where_the_model_has_face_fields(tmp_path: Path) -> None:
    """On Oxen.ai a face goes into another field, so it is another request, even when no order changes."""
    yaml = (
        "provider: oxen\n"
        "reference_sets: {mia: {images: [{path: refs/front.png, face: FACE}]}}\n"
        "shots: [{id: a, prompt: \"{{ ref('mia') }}\", references: [mia]}]\n"
    )
    plain = opened(tmp_path / "a", yaml.replace("FACE", "false"), FILES)
    face = opened(tmp_path / "b", yaml.replace("FACE", "true"), FILES)
    assert face.prints != plain.prints


def test_one_byte_of_a_reference_changes_exactly_the_shots_that_use_it(tmp_path: Path) -> None:
    """A reference is known by its content: an edit in place is seen, and by nobody else."""
    yaml = """\
reference_sets:
  front: {images: [refs/front.png]}
  side: {images: [refs/side.png]}
shots:
  - {id: one, prompt: "{{ ref('front') }}", references: [front]}
  - {id: both, prompt: "{{ ref('front') }} {{ ref('side') }}", references: [front, side]}
  - {id: other, prompt: "{{ ref('side') }}", references: [side]}
  - {id: none, prompt: Nothing.}
"""
    before = opened(tmp_path, yaml, FILES).prints
    write(tmp_path, {"refs/front.png": b"frond"})
    after = opened(tmp_path, yaml).prints
    assert {name for name in before if before[name] != after[name]} == {"one", "both"}


def test_a_pinned_url_is_its_bytes_and_an_unpinned_one_its_address(tmp_path: Path) -> None:
    """A digest makes an address free to change, and the same as the file; without one the address counts."""

    def fingerprint(name: str, image: str) -> str:
        yaml = (
            f"reference_sets: {{s: {{images: [{image}]}}}}\n"
            "shots: [{id: a, prompt: \"{{ ref('s') }}\", references: [s]}]\n"
        )
        return opened(tmp_path / name, yaml, {"refs/mia.png": b"abc"}).prints["a"]

    here = fingerprint("a", f'{{url: "https://example.com/1.png", sha256: {MIA}}}')
    there = fingerprint("b", f'{{url: "https://example.org/2.png", sha256: {MIA}}}')
    assert here == there == fingerprint("c", "refs/mia.png")
    assert fingerprint("d", '"https://example.com/1.png"') != fingerprint("e", '"https://example.com/2.png"')


def test_a_parameter_learned_later_makes_nobody_pay_again(tmp_path: Path) -> None:
    """A parameter marked `learned` is part of the request only when it has another value than its default."""
    card = (
        "card: 1\nprovider: studio\nmodel: one\nversion: '1'\ntitle: One\ndefault: true\n"
        "references: {max_total: 1, token: '<{n}>'}\nautomatic_seconds: 5\n"
        "parameters:\n  resolution: {enum: [480p, 720p], default: 480p}\n"
    )
    learned = card + "  sharp: {type: boolean, default: false, learned: true}\n"
    yaml = "provider: studio\nshots: [{id: a, prompt: A., options: OPTIONS}]\n"

    def fingerprint(name: str, card: str, options: str) -> str:
        return opened(tmp_path / name, yaml.replace("OPTIONS", options), {"cards/one.yaml": card}).prints["a"]

    before = fingerprint("a", card, "{}")
    assert fingerprint("b", learned, "{}") == fingerprint("c", learned, "{sharp: false}") == before
    assert fingerprint("d", learned, "{sharp: true}") != before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.dictionaries(st.text(max_size=6), JSON, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_parameters_never_matters(parameters: dict[str, object], random: object) -> None:
    """Two mappings with the same items have the same fingerprint, whatever order they were built in."""
    items = list(parameters.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    one = Request("local", "animatic", "A shot.", parameters)
    other = Request("local", "animatic", "A shot.", dict(items))
    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize("provider", GOLDEN_JSON)
def test_the_locks_record_of_a_request_has_its_fingerprint(provider: str, tmp_path: Path) -> None:
    """What the lock writes down is the request itself: read back, it has the same fingerprint."""
    [shot] = opened(tmp_path, GOLDEN_PROJECT.replace("PROVIDER", provider), GOLDEN_FILES).shots
    record = RequestRecord.model_validate(shot.request.canonical())
    again = RequestRecord.model_validate_json(json.dumps(record.canonical()))
    assert digest_json(again.canonical()) == shot.fingerprint


def test_a_voice_marked_as_a_face_is_the_same_request(tmp_path: Path) -> None:
    """Oxen.ai has no face field for sound: marking a voice changes nothing that is sent."""
    yaml = (
        "seedgen: 1\nname: t\nprovider: oxen\n"
        "reference_sets: {mia: {images: [refs/front.png], audios: [{path: refs/voice.wav, face: FACE}]}}\n"
        "shots: [{id: a, prompt: \"{{ ref('mia') }}\", references: [mia]}]\n"
    )
    files = {**FILES, "refs/voice.wav": b"a voice"}
    plain = opened(tmp_path / "a", yaml.replace("FACE", "false"), files)
    marked = opened(tmp_path / "b", yaml.replace("FACE", "true"), files)
    assert list(plain.prints) == ["a"]
    assert marked.prints == plain.prints
