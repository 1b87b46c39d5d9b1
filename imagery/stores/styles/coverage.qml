<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22" styleCategories="Symbology|Labeling|Fields|MapTips" labelsEnabled="0" simplifyDrawingHints="1" hasScaleBasedVisibilityFlag="0">
  <renderer-v2 type="categorizedSymbol" attr="method" symbollevels="0" forceraster="0" enableorderby="0">
    <categories>
      <category value="series" symbol="0" label="Bekeken met een reeks beelden" render="true"/>
      <category value="pair" symbol="1" label="Bekeken met twee beelden" render="true"/>
      <category value="" symbol="2" label="Anders" render="true"/>
    </categories>
    <symbols>
      <symbol type="fill" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="207,227,212,120"/>
            <Option name="style" type="QString" value="solid"/>
            <Option name="outline_color" type="QString" value="47,107,63,255"/>
            <Option name="outline_width" type="QString" value="0.3"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="solid"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="1" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="47,107,63,255"/>
            <Option name="style" type="QString" value="f_diagonal"/>
            <Option name="outline_color" type="QString" value="47,107,63,255"/>
            <Option name="outline_width" type="QString" value="0.3"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="2" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="140,140,140,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="140,140,140,255"/>
            <Option name="outline_width" type="QString" value="0.3"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
    </symbols>
  </renderer-v2>
  <aliases>
    <alias index="1" field="site_id" name="Locatie"/>
    <alias index="2" field="first_date" name="Eerste heldere opname"/>
    <alias index="3" field="last_date" name="Laatste heldere opname"/>
    <alias index="4" field="n_dates" name="Aantal opnamen"/>
    <alias index="5" field="method" name="Methode"/>
    <alias index="6" field="resolution_m" name="Pixel (m)"/>
  </aliases>
  <previewExpression>"site_id"</previewExpression>
  <mapTip>[% "n_dates" %] opnamen, [% "first_date" %] – [% "last_date" %]</mapTip>
  <layerGeometryType>2</layerGeometryType>
</qgis>
