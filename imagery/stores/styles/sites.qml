<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22" styleCategories="Symbology|Labeling|Fields|MapTips" labelsEnabled="0" simplifyDrawingHints="1" hasScaleBasedVisibilityFlag="0">
  <renderer-v2 type="categorizedSymbol" attr="outcome" symbollevels="0" forceraster="0" enableorderby="0">
    <categories>
      <category value="screened" symbol="0" label="Bekeken" render="true"/>
      <category value="not_enough_history" symbol="1" label="Niet genoeg voorgeschiedenis" render="true"/>
      <category value="no_scene" symbol="2" label="Geen opname" render="true"/>
      <category value="too_cloudy" symbol="3" label="Te bewolkt" render="true"/>
      <category value="misaligned" symbol="4" label="Beeld ligt niet goed" render="true"/>
      <category value="failed" symbol="5" label="Mislukt" render="true"/>
      <category value="" symbol="6" label="Anders" render="true"/>
    </categories>
    <symbols>
      <symbol type="fill" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="31,78,121,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="31,78,121,255"/>
            <Option name="outline_width" type="QString" value="0.5"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="solid"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="1" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="122,92,0,255"/>
            <Option name="style" type="QString" value="horizontal"/>
            <Option name="outline_color" type="QString" value="122,92,0,255"/>
            <Option name="outline_width" type="QString" value="0.6"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="2" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="89,89,89,255"/>
            <Option name="style" type="QString" value="cross"/>
            <Option name="outline_color" type="QString" value="89,89,89,255"/>
            <Option name="outline_width" type="QString" value="0.6"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="3" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="91,58,140,255"/>
            <Option name="style" type="QString" value="vertical"/>
            <Option name="outline_color" type="QString" value="91,58,140,255"/>
            <Option name="outline_width" type="QString" value="0.6"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="4" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="168,50,10,255"/>
            <Option name="style" type="QString" value="diagonal_x"/>
            <Option name="outline_color" type="QString" value="168,50,10,255"/>
            <Option name="outline_width" type="QString" value="0.6"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="dash dot dot"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="5" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="26,26,26,255"/>
            <Option name="style" type="QString" value="dense5"/>
            <Option name="outline_color" type="QString" value="26,26,26,255"/>
            <Option name="outline_width" type="QString" value="0.8"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="outline_style" type="QString" value="solid"/>
            <Option name="joinstyle" type="QString" value="miter"/>
          </Option>
        </layer>
      </symbol>
      <symbol type="fill" name="6" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="140,140,140,255"/>
            <Option name="style" type="QString" value="no"/>
            <Option name="outline_color" type="QString" value="140,140,140,255"/>
            <Option name="outline_width" type="QString" value="0.4"/>
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
    <alias index="2" field="outcome" name="Uitkomst"/>
    <alias index="3" field="note" name="Opmerking (Engels)"/>
    <alias index="4" field="hint" name="Wat te doen (Engels)"/>
    <alias index="5" field="n_signals" name="Aantal signalen"/>
    <alias index="6" field="references" name="Vergunningen"/>
    <alias index="7" field="authority" name="Bevoegd gezag"/>
  </aliases>
  <previewExpression>"references"</previewExpression>
  <mapTip>&lt;b>[% "references" %]&lt;/b>&lt;br>[% "outcome" %]&lt;br>[% "note" %]</mapTip>
  <layerGeometryType>2</layerGeometryType>
</qgis>
