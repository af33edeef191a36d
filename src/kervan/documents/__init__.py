"""Every paper and message out of one consignment, and back into it.

One module, or one package, is one document or message. Each gives a
:class:`~kervan.documents.format.Format`; :mod:`kervan.documents.formats` lists them.
"""
