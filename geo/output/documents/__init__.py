"""The report and other papers as PDF, slides, workbook, GeoPackage and web page."""
