"""Static files of the production mode: hashed names, compressed copies, kept forever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Tolerates source-map comments that name files their packages do not ship."""

    manifest_strict = True
    support_js_module_import_aggregation = False
    patterns = (("*.css", CompressedManifestStaticFilesStorage.patterns[0][1][:2]),)
