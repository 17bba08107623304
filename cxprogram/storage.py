"""Static files of the production mode: hashed names, compressed copies, kept forever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# The scripts that import others by their address. Asked for with their folder's prefix `npm/` and without it
MODULES = ("employee_voice/*.js", "*@cloudflare/*.js")
_IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Tolerates source-map comments that name files their packages do not ship.

    Imports between modules get the hashed names; other scripts are minified ones in which the pattern would
    find words that are no imports.
    """

    manifest_strict = True
    max_post_process_passes = 8  # a chain of imports takes a pass for each link
    support_js_module_import_aggregation = False
    patterns = (
        ("*.css", CompressedManifestStaticFilesStorage.patterns[0][1][:2]),
        *((modules, _IMPORTS) for modules in MODULES),
    )
